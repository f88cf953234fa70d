using System.Text.Json.Nodes;
using Ringwright.Conversations.Models;

namespace Ringwright.Pure.Conversations;

/// <summary>Schemas of which each part has in it what it refers to.</summary>
public sealed class InlinedSchemaTests
{
    [Fact]
    public void Steps_that_refer_to_each_other_do_not_grow_by_what_was_written_into_them()
    {
        // Each has the one before it four times: written into each other they would be some 87,000.
        var steps = new JsonObject { ["p0"] = new JsonObject { ["type"] = "string" } };
        for (int i = 1; i <= 8; i++)
        {
            var members = new JsonObject();
            foreach (string name in (string[])["a", "b", "c", "d"])
                members[name] = new JsonObject { ["$ref"] = $"#/properties/p{i - 1}" };
            steps[$"p{i}"] = new JsonObject { ["type"] = "object", ["properties"] = members };
        }
        var schema = new JsonObject { ["type"] = "object", ["properties"] = steps };

        Assert.True(new InlinedSchema(schema).Write());

        string written = schema.ToJsonString();
        Assert.DoesNotContain("$ref", written, StringComparison.Ordinal);
        Assert.InRange(written.Length, 1_000, 50_000);
    }

    [Fact]
    public void What_a_part_defines_within_itself_is_found()
    {
        var schema = (JsonObject)JsonNode.Parse("""
            {"type": "object", "properties": {"sizes": {"type": "array", "items": {"$ref": "#/properties/sizes/$defs/Size"},
             "$defs": {"Size": {"type": "string", "enum": ["S", "L"]}}}}}
            """)!;

        Assert.True(new InlinedSchema(schema).Write());

        Assert.Equal("""{"type":"object","properties":{"sizes":{"type":"array","items":{"type":"string","enum":["S","L"]}}}}""",
            schema.ToJsonString());
    }
}
