using System.Net;
using System.Text.Json.Nodes;
using Ringwright.Testing;

namespace Ringwright.Http.Tests;

public sealed class OpenApiTests
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task The_whole_contract_described_is_an_OpenAPI_document()
    {
        await using var api = await ApiHost.StartAsync(new() { Bindings = ApiHost.Built(_ => true) });
        var document = await DescribeAsync(api);
        Assert.Empty(OpenApiCheck.FaultsOf(document));
        Assert.Equal(TelnyxFiles.Contract.Operations.Count(o => o.Place is not OperationPlace.Storage), IdsOf(document).Count);
        Assert.Equal("/v2", (string?)document["servers"]![0]!["url"]);
    }

    [Fact]
    public async Task An_API_describes_what_is_in_and_no_more()
    {
        string[] built = ["DialCall", "RetrieveCallStatus", "get /oauth/jwks"];
        await using var api = await ApiHost.StartAsync(new() { Bindings = ApiHost.Built(o => built.Contains(o.Id)) });
        var document = await DescribeAsync(api);
        Assert.Empty(OpenApiCheck.FaultsOf(document));
        // The contract has no name for the last.
        Assert.Equal(["DialCall", "RetrieveCallStatus", "get_oauth_jwks"], IdsOf(document).Order(StringComparer.Ordinal));
        // And of the schemas only those that these need.
        Assert.True(document["components"]!["schemas"]!.AsObject().Count < TelnyxFiles.Contract.Schemas.Count / 4);
        var status = document["paths"]!["/calls/{call_control_id}"]!["get"]!;
        Assert.Equal("Retrieve call status", (string?)status["summary"]);
        Assert.Equal(("call_control_id", "path"), ((string?)status["parameters"]![0]!["name"], (string?)status["parameters"]![0]!["in"]));
    }

    [Theory]
    [InlineData("callGatherUsingAI", "callGatherUsingAI", "Call gather using AI")]
    [InlineData("CreateAccessIPRange", "CreateAccessIPRange", "Create access IP range")]
    [InlineData("StartTeXMLSiprecSession", "StartTeXMLSiprecSession", "Start texml siprec session")]
    [InlineData("list_all_clusters_get", "list_all_clusters_get", "List all clusters get")]
    [InlineData("get /invoices/{id}", "get_invoices_id", "GET /invoices/{id}")]
    public void Names_are_made_for_programs_and_for_people(string name, string id, string summary)
    {
        var operation = new Operation
        {
            Id = name, Method = "GET", Path = "/invoices/{id}", Family = "Invoices", BadBodyStatus = 422,
        };
        Assert.Equal((id, summary), (OperationNames.IdOf(operation), OperationNames.SummaryOf(operation)));
    }

    [Fact]
    public async Task It_says_what_is_asked_of_a_body_with_what_was_added_to_the_contract()
    {
        await using var api = await ApiHost.StartAsync(new() { Bindings = ApiHost.Built(o => o.Id == "StartCallTranscription") });
        var body = (await DescribeAsync(api))["components"]!["schemas"]!["TranscriptionStartRequest"]!;
        var engine = body["properties"]!["transcription_engine"]!;
        string[] names = [.. engine["enum"]!.AsArray().Select(name => (string)name!)];
        Assert.Contains("A", names);
        Assert.Contains("Deepgram", names);
    }

    [Fact]
    public void Null_is_a_type_and_beside_parts_an_alternative()
    {
        var schemas = new OpenApiSchemas();
        var plain = schemas.Write(new Schema { Types = JsonTypes.String, IsNullable = true });
        Assert.Equal("""{"type":["string","null"]}""", plain.ToJsonString());
        var shared = new Schema { Name = "Thing", Types = JsonTypes.Object };
        var parts = schemas.Write(new Schema { IsNullable = true, AllOf = [shared] });
        Assert.Equal("""{"anyOf":[{"allOf":[{"$ref":"#/components/schemas/Thing"}]},{"type":"null"}]}""", parts.ToJsonString());
        Assert.Equal("""{"Thing":{"type":"object"}}""", schemas.Shared().ToJsonString());
    }

    [Fact]
    public async Task It_needs_no_key_and_allows_reading_only()
    {
        await using var api = await ApiHost.StartAsync();
        using var head = await api.SendAsync("HEAD", "/v2/openapi.json", key: null);
        Assert.Equal((HttpStatusCode.OK, true), (head.StatusCode, head.Content.Headers.ContentLength > 0));
        Assert.Empty(await head.Content.ReadAsByteArrayAsync(Stop));
        using var post = await api.SendAsync("POST", "/v2/openapi.json", "{}");
        Assert.Equal(HttpStatusCode.MethodNotAllowed, post.StatusCode);
        Assert.Equal(["GET", "HEAD"], post.Content.Headers.Allow.Order(StringComparer.Ordinal));
    }

    /// <summary>As a browser asks which has kept it.</summary>
    [Fact]
    public async Task Who_has_it_is_not_sent_it_again()
    {
        await using var api = await ApiHost.StartAsync();
        using var first = await api.SendAsync("GET", "/v2/openapi.json", key: null);
        string tag = first.Headers.ETag!.Tag;
        foreach (var (known, status) in new[]
            {
                (tag, HttpStatusCode.NotModified), ($"\"other\", W/{tag}", HttpStatusCode.NotModified), ("\"other\"", HttpStatusCode.OK),
                ("no tag", HttpStatusCode.OK), ("*", HttpStatusCode.NotModified),
            })
        {
            using var asked = new HttpRequestMessage(HttpMethod.Get, "/v2/openapi.json");
            asked.Headers.TryAddWithoutValidation("If-None-Match", known);
            using var answer = await api.Client.SendAsync(asked, Stop);
            Assert.Equal((status, tag), (answer.StatusCode, answer.Headers.ETag!.Tag));
            Assert.Equal(status is HttpStatusCode.OK, (await answer.Content.ReadAsByteArrayAsync(Stop)).Length > 0);
        }
    }

    private static async Task<JsonObject> DescribeAsync(ApiHost api)
    {
        using var answer = await api.SendAsync("GET", "/v2/openapi.json", key: null);
        Assert.Equal((HttpStatusCode.OK, "application/json"), (answer.StatusCode, answer.Content.Headers.ContentType?.MediaType));
        return JsonNode.Parse(await answer.Content.ReadAsStringAsync(Stop))!.AsObject();
    }

    private static IReadOnlyList<string> IdsOf(JsonObject document) =>
        [.. document["paths"]!.AsObject().SelectMany(path => path.Value!.AsObject()).Select(one => (string)one.Value!["operationId"]!)];
}
