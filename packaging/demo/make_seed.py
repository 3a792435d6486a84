#!/usr/bin/env python3
"""Writes the demo's seed from the CRM Sales Opportunities set: make_seed.py [FOLDER]

Python 3 and its standard library only. The same program writes the same bytes on every machine.
FOLDER (default: `seed` beside this file) receives salesforce/*.csv and pardot/*.csv.
"""

import pathlib
import sys

import seed_common
import seed_fields
import seed_marketing
import seed_pardot
import seed_people
import seed_sales

HERE = pathlib.Path(__file__).resolve().parent


class World:
    """All that is known so far; each part reads what the parts before it made."""

    def __init__(self, sources):
        self.account_source = seed_common.read_source(sources, "accounts.csv")
        self.product_source = seed_common.read_source(sources, "products.csv")
        self.teams = seed_common.read_source(sources, "sales_teams.csv")
        self.pipeline = seed_common.read_source(sources, "sales_pipeline.csv")

    def chance(self, part):
        """Each part draws from its own stream, so that a change in one leaves the others."""
        seed = 20180102
        for letter in part.encode():
            seed = (seed * 1099511628211 + letter) & seed_common.Chance.MASK
        return seed_common.Chance(seed)


def make(out):
    salesforce, pardot = out / "salesforce", out / "pardot"
    world = World(HERE / "sources")
    seed_sales.make_users(world, salesforce)
    seed_sales.make_accounts(world, salesforce)
    seed_sales.make_products(world, salesforce)
    seed_sales.make_opportunities(world)
    seed_people.make_contacts(world)
    seed_people.make_leads(world)
    seed_sales.make_roles(world, salesforce)
    seed_sales.make_line_items(world, salesforce)
    seed_sales.make_contracts(world, salesforce)
    seed_marketing.make_campaigns(world)
    seed_marketing.make_members(world, salesforce)
    seed_marketing.choose_primary_campaigns(world)
    seed_sales.write_opportunities(world, salesforce)
    seed_people.write_contacts(world, salesforce)
    seed_people.write_leads(world, salesforce)
    seed_marketing.make_tasks(world, salesforce)
    seed_marketing.make_events(world, salesforce)
    seed_fields.write_custom_fields(salesforce)
    seed_fields.write_setup(salesforce)

    seed_pardot.write_users(world, pardot)
    seed_pardot.write_campaigns(world, pardot)
    seed_marketing.write_campaigns(world, salesforce)
    seed_pardot.make_prospects(world)
    seed_pardot.write_opportunities(world, pardot)
    seed_pardot.make_activities(world)
    seed_pardot.write_activities(world, pardot)
    seed_pardot.write_prospects(world, pardot)
    seed_pardot.write_lists(world, pardot)
    seed_pardot.write_custom_fields(pardot)
    return world


if __name__ == "__main__":
    sys.dont_write_bytecode = True
    make(pathlib.Path(sys.argv[1]) if len(sys.argv) > 1 else HERE / "seed")
