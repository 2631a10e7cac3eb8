"""Rendering of templates."""

import json
import tempfile
import unittest
from pathlib import Path

from rialto_local import templates
from rialto_local.say import Failure

_TEMPLATE = """
Transform: AWS::Serverless-2016-10-31
Parameters:
  Stage: { Type: String }
  ReservationSeconds: { Type: Number, Default: 900 }
  StreamArn: { Type: "AWS::SSM::Parameter::Value<String>", Default: /dev/carts/stream-arn }
  ClusterUrl: { Type: String, Default: "" }
Conditions:
  OwnCluster: !Not [!Or [!Not [!Equals [!Ref ClusterUrl, ""]], !Equals [!Ref "AWS::Region", nowhere]]]
Resources:
  AddItem:
    Type: AWS::Serverless::Function
    Properties:
      Runtime: provided.al2023
      Handler: bootstrap
      FunctionName: !Sub ${Stage}-carts-add-item
      CodeUri: ../../target/lambda/carts-add-item
      Policies: [{ Version: 2012-10-17, Statement: [{ Effect: Allow, Resource: !GetAtt Table.Arn }] }]
  Cluster:
    Type: AWS::OpenSearchService::Domain
    Condition: OwnCluster
  Table:
    Type: AWS::DynamoDB::Table
    DeletionPolicy: Retain
  Flow:
    Type: AWS::Serverless::StateMachine
    Properties:
      DefinitionUri: flow.asl.json
      DefinitionSubstitutions: { AddItem: !GetAtt AddItem.Arn }
"""


class Rendering(unittest.TestCase):
    def setUp(self) -> None:
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.file = Path(folder.name) / "carts.yaml"
        self.file.write_text(_TEMPLATE)
        (self.file.parent / "flow.asl.json").write_text(json.dumps({"StartAt": "A"}))
        self.values = {"Stage": "test", "ReservationSeconds": 5, "Unknown": 1}

    def _resources(self) -> dict:
        return templates.render(self.file, Path("/state/code"), self.values).template["Resources"]

    def test_functions_run_from_the_state_folder(self) -> None:
        code = self._resources()["AddItem"]["Properties"]["Code"]
        self.assertEqual(code, {"S3Bucket": "hot-reload", "S3Key": "/state/code/carts-add-item"})

    def test_a_folder_is_named_after_its_binary(self) -> None:
        rendered = templates.render(self.file, Path("/state/code"), self.values)
        self.assertEqual(list(templates.code_folders(rendered)), [Path("/state/code/carts-add-item")])

    def test_short_forms_become_long(self) -> None:
        function, role = (self._resources()[name]["Properties"] for name in ("AddItem", "AddItemRole"))
        self.assertEqual(function["FunctionName"], {"Fn::Sub": "${Stage}-carts-add-item"})
        self.assertEqual(
            role["Policies"][0]["PolicyDocument"]["Statement"][0]["Resource"], {"Fn::GetAtt": ["Table", "Arn"]}
        )

    def test_a_policy_version_stays_text(self) -> None:
        role = self._resources()["AddItemRole"]["Properties"]
        self.assertEqual(role["Policies"][0]["PolicyDocument"]["Version"], "2012-10-17")

    def test_what_a_condition_rules_out_is_dropped(self) -> None:
        self.values["ClusterUrl"] = "http://127.0.0.1"
        self.assertNotIn("Cluster", self._resources())
        self.values["ClusterUrl"] = ""
        self.assertIn("Cluster", self._resources())

    def test_state_machines_carry_their_definition(self) -> None:
        flow = self._resources()["Flow"]["Properties"]
        self.assertIn("StartAt", json.dumps(flow["DefinitionString"]))
        self.assertNotIn("DefinitionUri", flow)
        self.assertIn("AddItem", flow["DefinitionSubstitutions"])

    def test_nothing_outlives_its_stack(self) -> None:
        self.assertNotIn("DeletionPolicy", self._resources()["Table"])

    def test_only_declared_parameters_are_passed_those_of_the_store_from_the_stages_part(self) -> None:
        rendered = templates.render(self.file, Path("/state/code"), self.values)
        self.assertEqual(
            rendered.parameters, {"Stage": "test", "ReservationSeconds": "5", "StreamArn": "/test/carts/stream-arn"}
        )

    def test_a_parameter_without_value_or_default_is_a_failure(self) -> None:
        del self.values["Stage"]
        with self.assertRaisesRegex(Failure, "Stage"):
            templates.render(self.file, Path("/state/code"), self.values)

    def test_the_digest_tells_parameters_apart(self) -> None:
        one = templates.render(self.file, Path("/state/code"), self.values)
        self.values["ReservationSeconds"] = 6
        other = templates.render(self.file, Path("/state/code"), self.values)
        self.assertNotEqual(one.digest, other.digest)
