using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Ringwright.Http.Tests;

/// <summary>30.0 is an integer to a schema, and none to <c>(int)node</c>: handlers read it plainly.</summary>
public sealed class WholeNumberTests
{
    private static readonly Schema Body = SchemaOf("""
        {"type":"object","properties":{"n":{"type":"integer"},"m":{"type":"integer","nullable":true},"x":{"type":"number"},
         "is":{"type":"boolean"},"text":{"type":"string"},"either":{"oneOf":[{"type":"integer"},{"type":"string"}]},
         "some":{"type":"array","items":{"type":"integer"}},"in":{"type":"object","properties":{"n":{"type":"integer"}}},"any":{},
         "counts":{"type":"object","additionalProperties":{"type":"integer"}},
         "method":{"type":"string","enum":["GET","POST"]},"word":{"type":"string","enum":["get","put off"]},
         "one":{"oneOf":[{"type":"object","properties":{"text":{"type":"string"}}},{"type":"object","properties":{"n":{"type":"integer"}}},
          {"type":"array","items":{"type":"integer"}}]}}}
        """);

    private static Schema SchemaOf(string json) => Contract.Read(
        new MemoryStream(Encoding.UTF8.GetBytes($$"""{"schemas":{"S":{{json}}},"operations":[]}""")), Envelope.Data).Schemas.Find("S")!;

    [Theory]
    [InlineData("""{"n":30.0}""", """{"n":30}""")]
    [InlineData("""{"m":3e1}""", """{"m":30}""")]
    [InlineData("""{"some":[1,2.0,3e0]}""", """{"some":[1,2,3]}""")]
    [InlineData("""{"in":{"n":-4.00}}""", """{"in":{"n":-4}}""")]
    [InlineData("""{"counts":{"a":30.0}}""", """{"counts":{"a":30}}""")]
    [InlineData("""{"one":{"n":30.0}}""", """{"one":{"n":30}}"""), InlineData("""{"one":[3e0]}""", """{"one":[3]}""")]
    [InlineData("""{"n":1,"x":30.0,"any":{"n":30.0},"other":30.0}""", """{"n":1,"x":30.0,"any":{"n":30.0},"other":30.0}""")]
    public void An_integer_is_written_plainly_and_nothing_else_is_touched(string sent, string read)
    {
        var body = JsonNode.Parse(sent)!.AsObject();
        WholeNumbers.WritePlain(body, Body);
        Assert.Equal(read, body.ToJsonString());
    }

    [Theory]
    [InlineData("""{"n":"30"}""", """{"n":30}"""), InlineData("""{"x":"-0.5"}""", """{"x":-0.5}""")]
    [InlineData("""{"m":"30.0","some":["1",2]}""", """{"m":30,"some":[1,2]}"""), InlineData("""{"in":{"n":"4"}}""", """{"in":{"n":4}}""")]
    [InlineData("""{"is":"true","text":"5","any":"5","either":"5","other":"5"}""",
        """{"is":true,"text":"5","any":"5","either":"5","other":"5"}""")]
    [InlineData("""{"is":"True"}""", """{"is":true}"""), InlineData("""{"is":"1","n":"1"}""", """{"is":true,"n":1}""")]
    [InlineData("""{"is":"False","text":"False","any":"True","other":"0"}""", """{"is":false,"text":"False","any":"True","other":"0"}""")]
    [InlineData("""{"is":"0"}""", """{"is":false}""")]
    [InlineData("""{"method":"post","text":"post"}""", """{"method":"POST","text":"post"}""")]
    [InlineData("""{"method":"Get"}""", """{"method":"GET"}""")]
    public void What_a_text_says_is_written_where_no_text_may_stand(string sent, string read)
    {
        using var document = JsonDocument.Parse(sent);
        var check = SchemaCheck.Run(Body, document.RootElement, readsWritten: true);
        Assert.Empty(check.Violations);
        Assert.True(check.HasWrittenValues);
        var body = JsonNode.Parse(sent)!.AsObject();
        WholeNumbers.WritePlain(body, Body);
        Assert.Equal(read, body.ToJsonString());
    }

    [Theory, InlineData("", "n"), InlineData("thirty", "n"), InlineData("30.5", "n"), InlineData("+30", "n"), InlineData(" 30", "n"),
     InlineData("1e3", "n"), InlineData("0x1E", "n"), InlineData("true", "n"), InlineData("True", "n"), InlineData("2", "is"),
     InlineData("yes", "is"), InlineData("", "is"), InlineData("5", "some")]
    public void A_text_that_says_none_is_refused(string text, string field)
    {
        using var document = JsonDocument.Parse($$"""{"{{field}}":"{{text}}"}""");
        var check = SchemaCheck.Run(Body, document.RootElement, readsWritten: true);
        Assert.Equal(ViolationKind.WrongType, Assert.Single(check.Violations).Kind);
    }

    [Theory, InlineData("method", "patch", true), InlineData("word", "GET", true), InlineData("method", "post", false)]
    public void A_word_that_is_no_method_to_choose_from_is_refused_and_no_other_API_reads_one(string field, string text, bool reads)
    {
        using var document = JsonDocument.Parse($$"""{"{{field}}":"{{text}}"}""");
        var check = SchemaCheck.Run(Body, document.RootElement, readsWritten: reads);
        Assert.Equal(ViolationKind.NotInEnum, Assert.Single(check.Violations).Kind);
    }

    [Fact]
    public void A_text_in_the_alternative_that_is_meant_says_a_number()
    {
        var schema = SchemaOf("""
            {"type":"object","properties":{"e":{"oneOf":[{"type":"object","required":["a"],"properties":{"a":{"type":"integer"} } },
             {"type":"object","required":["b"],"properties":{"b":{"type":"boolean"} } }]} } }
            """);
        using (var document = JsonDocument.Parse("""{"e":{"a":"5"}}"""))
        {
            var check = SchemaCheck.Run(schema, document.RootElement, readsWritten: true);
            Assert.Empty(check.Violations);
            Assert.True(check.HasWrittenValues);
        }
        var body = JsonNode.Parse("""{"e":{"a":"5"}}""")!.AsObject();
        WholeNumbers.WritePlain(body, schema);
        Assert.Equal("""{"e":{"a":5}}""", body.ToJsonString());
        using var wrong = JsonDocument.Parse("""{"e":{"a":"five"}}""");
        var violation = Assert.Single(SchemaCheck.Run(schema, wrong.RootElement, readsWritten: true).Violations);
        Assert.Equal(("/e/a", ViolationKind.WrongType), (violation.Pointer, violation.Kind));
    }

    [Fact]
    public void A_text_is_held_to_the_bounds_of_the_number_and_read_by_no_other_API()
    {
        var schema = SchemaOf("""{"type":"object","properties":{"n":{"type":"integer","maximum":20}}}""");
        using var document = JsonDocument.Parse("""{"n":"21"}""");
        Assert.Equal(ViolationKind.Range, Assert.Single(SchemaCheck.Run(schema, document.RootElement, readsWritten: true).Violations).Kind);
        Assert.Equal(ViolationKind.WrongType, Assert.Single(SchemaCheck.Run(schema, document.RootElement).Violations).Kind);
    }

    [Theory]
    [InlineData("""{"text":5}""", """{"text":"5"}"""), InlineData("""{"text":15550177001}""", """{"text":"15550177001"}""")]
    [InlineData("""{"text":30.0,"n":"4"}""", """{"text":"30","n":4}"""), InlineData("""{"text":1.55e3}""", """{"text":"1550"}""")]
    [InlineData("""{"text":1.5}""", """{"text":"1.5"}"""), InlineData("""{"in":[],"some":[]}""", """{"in":{},"some":[]}""")]
    [InlineData("""{"counts":[],"any":[],"other":[]}""", """{"counts":{},"any":[],"other":[]}""")]
    [InlineData("""{"text":5,"any":5,"either":5,"x":5}""", """{"text":"5","any":5,"either":5,"x":5}""")]
    public void A_number_is_a_text_and_an_empty_list_an_object_where_nothing_else_may_stand(string sent, string read)
    {
        using var document = JsonDocument.Parse(sent);
        var check = SchemaCheck.Run(Body, document.RootElement, readsWritten: true, readsLoose: true);
        Assert.Empty(check.Violations);
        Assert.True(check.HasWrittenValues);
        var body = JsonNode.Parse(sent)!.AsObject();
        WholeNumbers.WritePlain(body, Body, readsLoose: true);
        Assert.Equal(read, body.ToJsonString());
    }

    [Theory, InlineData("""{"text":5}"""), InlineData("""{"in":[]}""")]
    public void Other_APIs_take_no_number_for_a_text_and_no_list_for_an_object(string sent)
    {
        using var document = JsonDocument.Parse(sent);
        Assert.Single(SchemaCheck.Run(Body, document.RootElement, readsWritten: true).Violations);
    }

    [Theory, InlineData("""{"text":true}"""), InlineData("""{"text":["x"]}"""), InlineData("""{"in":[1]}"""),
     InlineData("""{"method":5}"""), InlineData("""{"n":[]}""")]
    public void What_stands_for_nothing_else_is_refused(string sent)
    {
        using var document = JsonDocument.Parse(sent);
        Assert.Single(SchemaCheck.Run(Body, document.RootElement, readsWritten: true, readsLoose: true).Violations);
    }

    [Theory]
    [InlineData("""{"n":30.0}""", true), InlineData("""{"some":[1,2e0]}""", true),
        InlineData("""{"counts":{"a":3.0}}""", true), InlineData("""{"one":[3.0]}""", true),
        InlineData("""{"n":30,"x":30.0,"any":30.0}""", false)]
    public void The_check_says_whether_there_are_any(string body, bool has)
    {
        using var document = JsonDocument.Parse(body);
        var check = SchemaCheck.Run(Body, document.RootElement);
        Assert.Empty(check.Violations);
        Assert.Equal(has, check.HasPointedIntegers);
    }
}
