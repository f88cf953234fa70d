using System.Text;
using System.Text.Json.Nodes;
using Ringwright.Conversations;
using Ringwright.Conversations.Models;

namespace Ringwright.Pure.Conversations;

/// <summary>Calls that models write otherwise than their tools want them.</summary>
public sealed class FittedCallTests
{
    private const string Schema = """
        {"type": "object", "required": ["size", "count"], "properties": {
          "size": {"type": "string"}, "count": {"type": "integer"}, "fast": {"type": "boolean"}, "extras": {"type": "array",
            "items": {"type": "object", "properties": {"grams": {"type": "number"}}}},
          "place": {"type": "object", "properties": {"floor": {"type": "integer"}}}, "note": {"type": ["string", "null"]},
          "level": {"type": "integer", "enum": [1, 2]}, "either": {"anyOf": [{"type": "integer"}, {"type": "null"}]},
          "any": {}, "open": {"anyOf": [{"type": "integer"}, {"const": "x"}]}}}
        """;

    /// <summary>As Pydantic writes tools of servers of MCP, in both of its versions, and as OpenAPI writes what may be null.</summary>
    private const string Referring = """
        {"type": "object", "properties": {
          "parent": {"$ref": "#/$defs/parentRequest"}, "place": {"anyOf": [{"$ref": "#/$defs/place"}, {"type": "null"}], "default": null},
          "size": {"allOf": [{"$ref": "#/$defs/size"}], "default": "L"}, "places": {"type": "array", "items": {"$ref": "#/$defs/place"}},
          "note": {"type": "string", "nullable": true}, "away": {"$ref": "https://example.org/a"}, "round": {"$ref": "#/$defs/round"}},
         "required": ["note"],
         "$defs": {
          "parentRequest": {"type": "object", "properties": {"data_source_id": {"type": "string"}}, "required": ["data_source_id"]},
          "place": {"type": "object", "properties": {"floor": {"type": "integer"}, "next": {"$ref": "#/$defs/place"}}},
          "size": {"type": "string", "enum": ["S", "L"]}, "round": {"$ref": "#/$defs/round"}}}
        """;

    /// <summary>As Zod writes a type again that it has written once.</summary>
    private const string Back = """
        {"type": "object", "properties": {
          "start": {"anyOf": [{"type": "object", "properties": {"floor": {"type": "integer"}}}, {"type": "null"}]},
          "end": {"$ref": "#/properties/start/anyOf/0"}, "none": {"$ref": "#/properties/start/anyOf/2"},
          "list": {"$ref": "#/$defs/List%5BPlace%5D"}},
         "$defs": {"List[Place]": {"type": "array", "items": {"$ref": "#/properties/start/anyOf/0"}}}}
        """;

    private static ToolCall Fitted(string name, string arguments)
    {
        var schema = (JsonObject)JsonNode.Parse(Schema)!;
        return FittedCall.Of(new("c1", name, arguments), one => one is "order" or "price_of" ? schema : null);
    }

    [Theory]
    // Numbers, flags, lists and objects as texts.
    [InlineData("""{"size":"7","count":"5"}""", """{"size":"7","count":5}""")]
    [InlineData("""{"count":5,"fast":"True"}""", """{"count":5,"fast":true}""")]
    [InlineData("""{"extras":"[{\"grams\":2}]","place":"{\"floor\":3}"}""", """{"extras":[{"grams":2}],"place":{"floor":3}}""")]
    [InlineData("""{"extras":[{"grams":"2.5"}],"place":{"floor":"3"}}""", """{"extras":[{"grams":2.5}],"place":{"floor":3}}""")]
    [InlineData("""{"either":"5","level":"2"}""", """{"either":5,"level":2}""")]
    // A number where a text is wanted.
    [InlineData("""{"size":491234567}""", """{"size":"491234567"}""")]
    // Null for what is left out, unless it must be there or may be null.
    [InlineData("""{"size":null,"fast":null,"place":null}""", """{"size":null}""")]
    [InlineData("""{"note":null,"either":null,"any":null,"fast":null}""", """{"note":null,"either":null,"any":null}""")]
    public void Arguments_are_of_the_kinds_that_the_tool_wants(string written, string fitted) =>
        Assert.Equal(fitted, Fitted("order", written).Arguments);

    [Theory]
    [InlineData("""{ "size": "7", "count": 5 }"""), InlineData("""{"count":"five"}"""), InlineData("""{"count":"5.5"}""")]
    [InlineData("""{"count":"007"}"""), InlineData("""{"level":"3"}"""), InlineData("""{"size":1e21}"""), InlineData("""{"fast":1}""")]
    [InlineData("""{"extras":"ham"}"""), InlineData("""{"any":"5","open":"5","other":"5"}"""), InlineData("""{"count":"\ud800"}""")]
    [InlineData("[1]"), InlineData("{\"count\":"), InlineData("""{"count":"1","count":"2"}""")]
    public void What_is_right_or_may_mean_anything_stays_as_it_was_written(string written) =>
        Assert.Equal(written, Fitted("order", written).Arguments);

    [Theory]
    // As Claude writes an argument that is described by a reference (anthropics/claude-code#18260).
    [InlineData("""{"parent":"{\"data_source_id\": \"2e85ff8b\"}"}""", """{"parent":{"data_source_id":"2e85ff8b"}}""")]
    [InlineData("""{"place":"{\"floor\": 3}","places":["{\"floor\": 4}"]}""", """{"place":{"floor":3},"places":[{"floor":4}]}""")]
    [InlineData("""{"place":{"floor":"3","next":{"floor":"4"}},"places":[{"floor":"5"}]}""",
        """{"place":{"floor":3,"next":{"floor":4}},"places":[{"floor":5}]}""")]
    [InlineData("""{"parent":null,"size":null,"place":null,"note":null}""", """{"place":null,"note":null}""")]
    [InlineData("""{"away":"{}","round":"{}"}""", """{"away":"{}","round":"{}"}""")]
    public void What_a_schema_refers_to_within_it_says_what_is_wanted(string written, string fitted)
    {
        var schema = (JsonObject)JsonNode.Parse(Referring)!;
        Assert.Equal(fitted, FittedCall.Of(new("c1", "post", written), _ => schema).Arguments);
    }

    [Theory, InlineData("""{"end":"{\"floor\": 3}","none":"{}"}""", """{"end":{"floor":3},"none":"{}"}""")]
    [InlineData("""{"start":{"floor":"3"},"end":{"floor":"4"},"list":[{"floor":"5"}]}""",
        """{"start":{"floor":3},"end":{"floor":4},"list":[{"floor":5}]}""")]
    public void What_a_schema_refers_to_in_a_list_or_by_signs_of_a_URI_is_found(string written, string fitted)
    {
        var schema = (JsonObject)JsonNode.Parse(Back)!;
        Assert.Equal(fitted, FittedCall.Of(new("c1", "post", written), _ => schema).Arguments);
    }

    [Theory]
    [InlineData("""{"note":null,"parent":{}}""", "parent.data_source_id must be there")]
    [InlineData("""{"note":null,"size":"XL"}""", """size must be one of ["S","L"]""")]
    [InlineData("""{"note":null,"places":[{"next":{"floor":"x"}}]}""", "places[0].next.floor must be of type integer")]
    [InlineData("""{"note":null,"parent":{"data_source_id":"a"},"size":"L","away":1,"round":1}""", null)]
    public void Arguments_are_judged_by_what_a_schema_refers_to_within_it(string arguments, string? fault) =>
        Assert.Equal(fault, ArgumentSchema.FaultOf((JsonObject)JsonNode.Parse(Referring)!, arguments));

    [Theory, InlineData("functions.order", "order"), InlineData("default_api:order", "order"), InlineData("functions.order:0", "order")]
    [InlineData("shop/order", "order"), InlineData(" order ", "order"), InlineData("order:12", "order"), InlineData("price.of", "price_of")]
    [InlineData("orders", "orders"), InlineData("order.now", "order.now"), InlineData("functions.", "functions."), InlineData("", "")]
    public void A_word_before_the_name_of_a_tool_is_none_of_it(string told, string name) =>
        Assert.Equal(name, Fitted(told, "{}").Name);

    /// <summary>What becomes of such arguments in an answer with this end.</summary>
    private static string Called(string arguments, string finish)
    {
        var parts = new List<BrainPart>();
        var schema = (JsonObject)JsonNode.Parse(Schema)!;
        var answer = new ChatAnswer(7, "", parts.Add, name => name is "order" ? schema : null);
        var call = new JsonObject { ["id"] = "a", ["function"] = new JsonObject { ["name"] = "order", ["arguments"] = arguments } };
        var choice = new JsonObject
        {
            ["delta"] = new JsonObject { ["tool_calls"] = new JsonArray(call) }, ["finish_reason"] = finish,
        };
        string chunk = new JsonObject { ["choices"] = new JsonArray(choice) }.ToJsonString();
        answer.Take(new ModelNews.Bytes(Encoding.UTF8.GetBytes($"data: {chunk}\n\ndata: [DONE]\n\n")));
        return Assert.Single(parts.OfType<BrainPart.Call>()).Tool.Arguments;
    }

    [Theory]
    // As Python has them, with a comma or a bracket too many, and with ends of lines within a text or between values.
    [InlineData("{'size': 'L', 'fast': True, 'note': None}", """{"size":"L","fast":true,"note":null}""")]
    [InlineData("{\"size\": \"L\", \"count\": 2,}", """{"size":"L","count":2}""")]
    [InlineData("{\"size\": \"L\"}}", """{"size":"L"}"""), InlineData("{\"size\": \"a\nb\"}", """{"size":"a\nb"}""")]
    [InlineData("{\"size\": \"L\", \"extras\": \\n[]\\n\\n}", """{"size":"L","extras":[]}""")]
    // Quotation marks that are escaped; and a bracket that the server has lost.
    [InlineData("{\"size\": \\\"L\\\"}", """{"size":"L"}"""), InlineData("\"size\": \"L\"}", """{"size":"L"}""")]
    [InlineData("{\"size\": \"L\"", """{"size":"L"}"""), InlineData("{\"place\": {\"floor\": 3}", """{"place":{"floor":3}}""")]
    [InlineData("{\"extras\": \"[{'grams': 2}]\"}", """{"extras":[{"grams":2}]}""")]
    public void Arguments_that_are_not_quite_JSON_are_read_as_they_were_meant(string told, string read) =>
        Assert.Equal(read, Called(told, "tool_calls"));

    [Theory, InlineData("{\"count\": 1", "tool_calls"), InlineData("{\"size\": \"L", "tool_calls"), InlineData("{size}", "stop")]
    [InlineData("large", "stop"), InlineData("[1]", "stop"), InlineData("{\"size\": \"L\"", "length")]
    public void Arguments_that_may_lack_something_stay_as_they_were_told(string told, string finish) =>
        Assert.Equal(told, Called(told, finish));

    [Theory, InlineData("<tool_call>{'name': 'order', 'arguments': {'size': 'L'}}</tool_call>")]
    [InlineData("<tool_call>{\"name\": \"order\", \"arguments\": {\"size\": \"L\"}</tool_call>")]
    public void A_call_between_marks_that_is_not_quite_JSON_is_made(string text)
    {
        var calls = new WrittenCalls(static name => name is "order" ? new JsonObject() : null);
        Assert.Equal("", calls.Take(text));
        Assert.Equal("""{"size":"L"}""", (string?)Assert.Single(calls.Calls)["function"]!["arguments"]);
    }

    [Fact]
    public void A_stream_that_ends_with_the_whole_message_says_and_calls_nothing_twice()
    {
        var parts = new List<BrainPart>();
        var answer = new ChatAnswer(7, "", parts.Add);
        answer.Take(new ModelNews.Bytes("""
            data: {"choices": [{"delta": {"content": "Yes."}}]}

            data: {"choices": [{"delta": {"tool_calls": [{"id": "a", "function": {"name": "order", "arguments": "{}"}}]}}]}

            data: {"choices": [{"finish_reason": "stop", "message": {"role": "assistant", "content": "Yes.", "tool_calls": [
            data: {"id": "b", "function": {"name": "order", "arguments": "{}"}}]}}]}

            data: [DONE]


            """u8.ToArray()));
        Assert.Equal("Yes.", Assert.Single(parts.OfType<BrainPart.Text>()).Bit);
        Assert.Single(parts.OfType<BrainPart.Call>());
    }

    [Fact]
    public void An_answer_has_its_calls_so()
    {
        var parts = new List<BrainPart>();
        var schema = (JsonObject)JsonNode.Parse(Schema)!;
        var answer = new ChatAnswer(7, "", parts.Add, name => name is "order" ? schema : null);
        answer.Take(new ModelNews.Bytes(Encoding.UTF8.GetBytes("""
            {"choices":[{"index":0,"finish_reason":"tool_calls","message":{"role":"assistant","tool_calls":[{"id":"a",
             "function":{"name":"functions.order","arguments":"{\"size\":\"a\",\"count\":\"5\"}"}}]}}]}
            """)));
        answer.Take(new ModelNews.Ended());
        var call = Assert.Single(parts.OfType<BrainPart.Call>()).Tool;
        Assert.Equal(("order", """{"size":"a","count":5}"""), (call.Name, call.Arguments));
        Assert.Null(ArgumentSchema.FaultOf(schema, call.Arguments));
    }
}
