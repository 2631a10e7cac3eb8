"""Which changes LocalStack's update makes, and which need a new stack."""

import copy
import unittest

from rialto_local import changes

_TEMPLATE = {
    "Resources": {
        "Queue": {"Type": "AWS::SQS::Queue", "Properties": {"VisibilityTimeout": 60}},
        "Life": {"Type": "AWS::SSM::Parameter", "Properties": {"Value": {"Ref": "ReservationSeconds"}}},
        "TakeMessage": {"Type": "AWS::Lambda::Function", "Properties": {"Timeout": 5}},
        "TakeMessageQueue": {"Type": "AWS::Lambda::EventSourceMapping", "Properties": {"BatchSize": 10}},
        "EveryMinute": {"Type": "AWS::Events::Rule", "Properties": {"ScheduleExpression": "rate(1 minute)"}},
    },
}


class Classification(unittest.TestCase):
    def setUp(self) -> None:
        self.new = copy.deepcopy(_TEMPLATE)
        self.function = self.new["Resources"]["TakeMessage"]["Properties"]

    def _stuck(self, old_parameters: dict | None = None, new_parameters: dict | None = None) -> list[str]:
        return changes.ineffective(_TEMPLATE, self.new, old_parameters or {}, new_parameters or {})

    def test_a_function_is_updated(self) -> None:
        self.function["Timeout"] = 6
        self.assertEqual(self._stuck(), [])

    def test_a_queue_is_not(self) -> None:
        self.new["Resources"]["Queue"]["Properties"]["VisibilityTimeout"] = 30
        self.assertEqual(self._stuck(), ["Queue"])

    def test_resources_come_and_go(self) -> None:
        self.new["Resources"]["Other"] = self.new["Resources"].pop("Queue")
        self.assertEqual(self._stuck(), [])

    def test_an_event_source_mapping_is_updated(self) -> None:
        self.new["Resources"]["TakeMessageQueue"]["Properties"]["BatchSize"] = 1
        self.assertEqual(self._stuck(), [])

    def test_a_schedule_is_not(self) -> None:
        self.new["Resources"]["EveryMinute"]["Properties"]["ScheduleExpression"] = "rate(2 minutes)"
        self.assertEqual(self._stuck(), ["EveryMinute"])

    def test_a_function_property_that_is_not_known_to_work_is_not(self) -> None:
        self.function["ReservedConcurrentExecutions"] = 1
        self.assertEqual(self._stuck(), ["TakeMessage"])

    def test_a_parameter_counts_by_where_it_is_used(self) -> None:
        old, new = {"ReservationSeconds": "5"}, {"ReservationSeconds": "6"}
        self.assertEqual(self._stuck(old, new), [])
        self.new["Resources"]["Queue"]["Properties"]["DelaySeconds"] = {"Ref": "ReservationSeconds"}
        self.assertEqual(self._stuck(old, new), ["parameter ReservationSeconds", "Queue"])

    def test_another_type_under_the_same_name_needs_a_new_stack(self) -> None:
        self.new["Resources"]["Life"]["Type"] = "AWS::SQS::Queue"
        self.assertEqual(self._stuck(), ["Life"])
