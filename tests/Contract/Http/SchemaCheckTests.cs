using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Ringwright.Http.Tests;

public sealed class SchemaCheckTests
{
    private static IReadOnlyList<Violation> Check(string operation, string body)
    {
        using var document = JsonDocument.Parse(body);
        return SchemaCheck.Run(TelnyxFiles.Operation(operation).Body!.Content[0].Schema, document.RootElement).Violations;
    }

    private static Violation One(string schema, string body)
    {
        using var document = JsonDocument.Parse(body);
        return Assert.Single(SchemaCheck.Run(SchemaOf(schema), document.RootElement).Violations);
    }

    private static void Good(string schema, string body)
    {
        using var document = JsonDocument.Parse(body);
        Assert.Empty(SchemaCheck.Run(SchemaOf(schema), document.RootElement).Violations);
    }

    /// <summary>A schema S beside one that is called Leaf.</summary>
    private static Schema SchemaOf(string json)
    {
        const string Leaf = """{"type":"object","properties":{"n":{"type":"integer"}},"required":["n"]}""";
        var contract = $$$"""{"schemas":{"S":{{{json}}},"Leaf":{{{Leaf}}}},"operations":[]}""";
        return Contract.Read(new MemoryStream(Encoding.UTF8.GetBytes(contract)), Envelope.Data).Schemas.Find("S")!;
    }

    private const string Dial = """{"connection_id":"1","to":"+15550001111","from":"+15550100000"}""";

    [Fact]
    public void A_dial_body_fits() => Assert.Empty(Check("DialCall", Dial));

    [Fact]
    public void A_list_of_destinations_fits_as_one_does() =>
        Assert.Empty(Check("DialCall", Dial.Replace("\"+15550001111\"", "[\"+15550001111\"]", StringComparison.Ordinal)));

    [Fact]
    public void Missing_fields_are_all_told_with_their_pointers()
    {
        var violations = Check("DialCall", "{}");
        Assert.Equal(["/connection_id", "/to", "/from"], violations.Select(v => v.Pointer));
        Assert.All(violations, v => Assert.Equal(ViolationKind.Missing, v.Kind));
    }

    [Fact]
    public void A_null_of_a_required_field_is_missing() =>
        Assert.Equal(("/to", ViolationKind.Missing), Check("DialCall", Dial.Replace("\"+15550001111\"", "null", StringComparison.Ordinal))
            .Select(v => (v.Pointer, v.Kind)).Single());

    [Fact]
    public void A_null_of_an_optional_field_counts_as_not_given()
    {
        using var document = JsonDocument.Parse("""{"connection_id":"1","to":"a","from":"b","timeout_secs":null}""");
        var check = SchemaCheck.Run(TelnyxFiles.Operation("DialCall").Body!.Content[0].Schema, document.RootElement);
        Assert.Empty(check.Violations);
        Assert.True(check.HasStrayNulls);
    }

    [Fact]
    public void An_empty_text_that_is_no_id_and_no_word_counts_as_not_given_where_the_api_says_so()
    {
        var schema = SchemaOf("""
            {"type":"object","required":["must"],"properties":{"id":{"type":"string","format":"uuid"},
             "end":{"type":"string","enum":["stop"]},"how":{"type":"string","enum":["","fast"]},"must":{"type":"string","format":"uuid"},
             "text":{"type":"string"},
             "list":{"type":"array","items":{"type":"object","properties":{"id":{"type":"string","format":"uuid"} } } } } }
            """);
        const string sent = """{"id":"","end":"","how":"","must":"","text":"","list":[{"id":""}]}""";
        using var document = JsonDocument.Parse(sent);
        Assert.Equal(["/id", "/end", "/must", "/list/0/id"],
            SchemaCheck.Run(schema, document.RootElement).Violations.Select(v => v.Pointer));
        var check = SchemaCheck.Run(schema, document.RootElement, passesEmpty: true);
        Assert.True(check.HasEmptyChoices);
        Assert.Equal([("/must", ViolationKind.Missing)], check.Violations.Select(v => (v.Pointer, v.Kind)));
        var body = JsonNode.Parse(sent)!.AsObject();
        EmptyChoices.Drop(body, schema);
        Assert.Equal("""{"how":"","text":"","list":[{}]}""", body.ToJsonString());
    }

    [Fact]
    public void An_empty_text_empties_what_may_be_null_where_the_api_says_so()
    {
        var schema = SchemaOf("""
            {"type":"object","properties":{"id":{"type":"string","format":"uuid","nullable":true},
             "end":{"type":"string","enum":["stop"],"nullable":true},"must":{"type":"string","format":"uuid"},
             "text":{"type":"string","nullable":true},"in":{"type":"object","properties":{"end":{"type":"string","enum":["stop"]} } },
             "list":{"type":"array","items":{"type":"object","properties":{"id":{"type":"string","format":"uuid","nullable":true} } } } } }
            """);
        var body = JsonNode.Parse("""{"id":"","end":"","must":"","text":"","in":{"end":""},"list":[{"id":""},{"id":"x"}]}""")!.AsObject();
        EmptyChoices.Drop(body, schema, clears: true);
        Assert.Equal("""{"id":null,"end":null,"text":"","in":{},"list":[{"id":null},{"id":"x"}]}""", body.ToJsonString());
    }

    [Fact]
    public void Extra_fields_are_welcome() =>
        Assert.Empty(Check("DialCall", Dial.Replace("{", "{\"something_newer\":{\"a\":[1]},", StringComparison.Ordinal)));

    [Theory]
    [InlineData("\"abc\"", ViolationKind.WrongType), InlineData("20", ViolationKind.Range), InlineData("14401", ViolationKind.Range),
        InlineData("30.5", ViolationKind.WrongType)]
    public void Numbers_have_a_type_and_a_range(string value, ViolationKind kind)
    {
        var violation = Assert.Single(Check("DialCall", Dial.Replace("{", $"{{\"time_limit_secs\":{value},", StringComparison.Ordinal)));
        Assert.Equal(("/time_limit_secs", kind), (violation.Pointer, violation.Kind));
    }

    [Theory]
    [InlineData("30"), InlineData("14400"), InlineData("30.0"), InlineData("1e3")]
    public void A_number_at_its_limit_fits(string value) =>
        Assert.Empty(Check("DialCall", Dial.Replace("{", $"{{\"time_limit_secs\":{value},", StringComparison.Ordinal)));

    [Fact]
    public void An_item_of_an_array_has_its_index_in_the_pointer()
    {
        var violation = Assert.Single(Check("DialCall", Dial.Replace("{",
            "{\"custom_headers\":[{\"name\":\"A\",\"value\":\"1\"},{\"name\":2,\"value\":\"1\"}],", StringComparison.Ordinal)));
        Assert.Equal("/custom_headers/1/name", violation.Pointer);
        Assert.Equal(ViolationKind.NotText, violation.Kind);
    }

    [Fact]
    public void The_bare_text_of_a_quoted_value_is_accepted_too()
    {
        Assert.Empty(Check("CreateCallControlApplication",
            """{"application_name":"a","webhook_event_url":"https://example.com","anchorsite_override":"Latency"}"""));
        Assert.Empty(Check("CreateCallControlApplication",
            """{"application_name":"a","webhook_event_url":"https://example.com","anchorsite_override":"\"Latency\""}"""));
    }

    [Fact]
    public void A_url_must_be_absolute_and_an_empty_one_stands_where_the_default_is_empty()
    {
        var violation = Assert.Single(Check("CreateCallControlApplication",
            """{"application_name":"a","webhook_event_url":"nowhere","webhook_event_failover_url":""}"""));
        Assert.Equal(("/webhook_event_url", ViolationKind.BadUrl), (violation.Pointer, violation.Kind));
    }

    [Fact]
    public void Text_length_counts_characters_and_not_half_characters()
    {
        Good("""{"type":"string","maxLength":2}""", "\"😀😀\"");
        Assert.Equal(ViolationKind.Length, One("""{"type":"string","maxLength":2}""", "\"abc\"").Kind);
        Assert.Equal(ViolationKind.Length, One("""{"type":"string","minLength":3}""", "\"ab\"").Kind);
    }

    [Theory]
    [InlineData("uuid", "123e4567-e89b-12d3-a456-426614174000", "123", ViolationKind.BadId)]
    [InlineData("date-time", "2026-01-01T10:00:00Z", "soon", ViolationKind.BadFormat)]
    [InlineData("date-time", "2026-01-01T10:00-00:00", "2026-13-01T00:00:00Z", ViolationKind.BadFormat)]
    [InlineData("date", "2026-02-28", "2026-02-30", ViolationKind.BadFormat)]
    [InlineData("email", "a@example.com", "a.example.com", ViolationKind.BadEmail)]
    [InlineData("+E.164", "+15550001111", "15550001111", ViolationKind.BadNumber)]
    [InlineData("iso4217", "USD", "dollar", ViolationKind.BadFormat)]
    [InlineData("byte", "aGk=", "a", ViolationKind.BadFormat)]
    [InlineData("decimal", "1.50", "1,50", ViolationKind.BadFormat)]
    [InlineData("url", "wss://example.com/a", "example.com", ViolationKind.BadUrl)]
    public void Formats_are_checked(string format, string good, string bad, ViolationKind kind)
    {
        string schema = $$"""{"type":"string","format":"{{format}}"}""";
        Good(schema, JsonSerializer.Serialize(good));
        Assert.Equal(kind, One(schema, JsonSerializer.Serialize(bad)).Kind);
    }

    [Theory]
    [InlineData("^[A-Z]{2}$", "DE", "DE\n"), InlineData("^[0-9]+(?:\\.[0-9]+)?$", "25.50", "25.50\n")]
    [InlineData("^\\+[1-9]\\d{1,14}$", "+4930", "+4\u0663\u0660"), InlineData("^[\\d ]+$", "4 9", "\u0664 9")]
    [InlineData("^\\d\\$$", "5$", "5$\n"), InlineData("^[$0-9]+$", "$5", "$5\n"), InlineData("^\\w{2}$", "a_", "\u00E41")]
    public void A_pattern_holds_to_the_end_and_its_digits_are_ASCII(string pattern, string good, string bad)
    {
        string schema = $$"""{"type":"string","pattern":{{JsonSerializer.Serialize(pattern)}}}""";
        Good(schema, JsonSerializer.Serialize(good));
        var wrong = One(schema, JsonSerializer.Serialize(bad));
        Assert.Equal(ViolationKind.Pattern, wrong.Kind);
        Assert.Contains($"must match {pattern}", wrong.Detail, StringComparison.Ordinal);
    }

    [Fact]
    public void All_parts_must_fit_and_one_alternative()
    {
        const string Schema = """{"allOf":[{"$ref":"Leaf"},{"type":"object","properties":{"m":{"type":"string"}}}]}""";
        Good(Schema, """{"n":1,"m":"x"}""");
        Assert.Equal("/m", One(Schema, """{"n":1,"m":2}""").Pointer);
        const string Either = """{"oneOf":[{"type":"string"},{"$ref":"Leaf"}]}""";
        Good(Either, "\"x\"");
        Good(Either, """{"n":1}""");
        Assert.Equal(("", ViolationKind.NoAlternative), One(Either, "true") is var wrong ? (wrong.Pointer, wrong.Kind) : default);
        Assert.Equal(("/n", ViolationKind.WrongType), One(Either, """{"n":"x"}""") is var inner ? (inner.Pointer, inner.Kind) : default);
    }

    [Fact]
    public void A_discriminator_chooses_the_alternative()
    {
        const string Schema =
            """{"oneOf":[{"type":"object","properties":{"kind":{"type":"string"}}},{"$ref":"Leaf"}],"discriminator":{"propertyName":"kind","mapping":{"leaf":"Leaf"}}}""";
        Good(Schema, """{"kind":"other"}""");
        Assert.Equal("/n", One(Schema, """{"kind":"leaf"}""").Pointer);
    }

    [Fact]
    public void Arrays_have_counts_and_may_be_without_repeats()
    {
        const string Schema = """{"type":"array","items":{"type":"integer"},"minItems":1,"maxItems":2,"uniqueItems":true}""";
        Good(Schema, "[1,2]");
        foreach (var body in (string[])["[]", "[1,2,3]", "[1,1]"]) Assert.Equal(ViolationKind.Items, One(Schema, body).Kind);
        Assert.Equal("/1", One(Schema, """[1,"x"]""").Pointer);
    }

    [Fact]
    public void Exclusive_bounds_come_as_flags_and_as_numbers()
    {
        Assert.Equal(ViolationKind.Range, One("""{"type":"number","minimum":0,"exclusiveMinimum":true}""", "0").Kind);
        Assert.Equal(ViolationKind.Range, One("""{"type":"number","exclusiveMaximum":5}""", "5").Kind);
        Good("""{"type":"number","minimum":0,"maximum":5}""", "5");
    }

    [Fact]
    public void Values_of_additional_properties_are_checked()
    {
        const string Schema = """{"type":"object","additionalProperties":{"type":"integer"}}""";
        Good(Schema, """{"a":1}""");
        Assert.Equal("/a~1b", One(Schema, """{"a/b":"x"}""").Pointer);
    }

    [Fact]
    public void Read_only_fields_are_not_looked_at_in_requests()
    {
        const string Schema = """{"type":"object","properties":{"id":{"type":"string","readOnly":true}},"required":["id"]}""";
        Good(Schema, "{}");
        Good(Schema, """{"id":5}""");
        using var document = JsonDocument.Parse("""{"id":5}""");
        Assert.Single(SchemaCheck.Run(SchemaOf(Schema), document.RootElement, BodyDirection.Reply).Violations);
    }

    [Fact]
    public void At_most_so_many_violations_are_told()
    {
        string items = string.Join(',', Enumerable.Repeat("\"x\"", Limits.Violations + 1));
        using var document = JsonDocument.Parse($"[{items}]");
        Assert.Equal(Limits.Violations,
            SchemaCheck.Run(SchemaOf("""{"type":"array","items":{"type":"integer"}}"""), document.RootElement).Violations.Count);
    }

    [Fact]
    public void A_schema_may_contain_itself()
    {
        const string Schema = """{"type":"object","properties":{"next":{"$ref":"S"},"n":{"type":"integer"}}}""";
        Assert.Equal("/next/next/n", One(Schema, """{"next":{"next":{"n":"x"}}}""").Pointer);
    }
}
