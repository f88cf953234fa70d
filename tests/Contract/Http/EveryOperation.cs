using System.Net;
using System.Text.Json.Nodes;
using Ringwright.Core;

namespace Ringwright.Http.Tests;

/// <summary>Each of the operations over real HTTP, none built, and each as if it were built: what the pipeline owes them all.</summary>
public sealed class EveryOperation : IAsyncLifetime
{
    private ApiHost _api = null!;        // set before each test
    private ApiHost _built = null!;      // set before each test
    private ApiHost _storage = null!;    // set before each test

    private static IReadOnlyList<Operation> Operations => TelnyxFiles.Contract.Operations;

    public async ValueTask InitializeAsync()
    {
        _api = await ApiHost.StartAsync();
        _built = await ApiHost.StartAsync(new() { Bindings = ApiHost.Built(_ => true), IsStrict = false });
        _storage = await ApiHost.StartAsync(new() { IsStorage = true });
    }

    public async ValueTask DisposeAsync()
    {
        await _api.DisposeAsync();
        await _built.DisposeAsync();
        await _storage.DisposeAsync();
    }

    private Task<HttpResponseMessage> SendAsync(Operation operation, string? body = null, string? key = ApiHost.Key,
        string contentType = "application/json", string query = "") =>
        (operation.Place is OperationPlace.Storage ? _storage : _api)
            .SendAsync(operation.Method, PathOf(operation) + query, body, key, contentType);

    private Task<HttpResponseMessage> SendBuiltAsync(Operation operation, string? body,
        string contentType = "application/json", string query = "") =>
        _built.SendAsync(operation.Method, PathOf(operation) + query, body, ApiHost.Key, contentType);

    internal static string PathOf(Operation operation)
    {
        string path = operation.Place is OperationPlace.Root ? "/v2" + operation.Path : operation.Path;
        foreach (var name in operation.PathNames) path = path.Replace($"{{{name}}}", "x1", StringComparison.Ordinal);
        return path;
    }

    /// <summary>Required query parameters with a value that fits.</summary>
    private static string QueryOf(Operation operation)
    {
        var required = operation.Parameters.Where(p => p is { In: ParameterPlace.Query, IsRequired: true, IsDeep: false });
        var pairs = required.Select(p => $"{Uri.EscapeDataString(p.Name)}={Uri.EscapeDataString(ValueFor(p.Schema))}");
        return string.Join('&', pairs) is { Length: > 0 } query ? "?" + query : "";
    }

    /// <summary>A value that a required parameter takes.</summary>
    public static string ValueFor(Schema schema) => schema.Texts?.Order(StringComparer.Ordinal).First() ?? schema.Types switch
    {
        JsonTypes.Integer => "1",
        JsonTypes.Boolean => "true",
        _ => "2026-01-01",
    };

    private static string? BodyOf(Operation operation) =>
        operation.Body?.Find("application/json") is { } media ? new SampleBodies(new Rng(3)).Make(media.Schema)!.ToJsonString() : null;

    [Fact]
    public async Task Without_a_key_each_is_refused_with_401_unless_it_is_public()
    {
        foreach (var operation in Operations)
        {
            using var response = await SendAsync(operation, key: null);
            // A program shows its own credentials in the body too: that is its handler's.
            if (operation.IsPublic || operation.TakesClient)
                Assert.True(response.StatusCode is not HttpStatusCode.Unauthorized, operation.ToString());
            else if (operation.Method is "HEAD" || operation.Errors is ErrorStyle.Xml)
                Assert.True(response.StatusCode is HttpStatusCode.Unauthorized, operation.ToString());
            else Assert.True(await response.CodeAsync() is (HttpStatusCode.Unauthorized, "10009"), operation.ToString());
        }
    }

    [Fact]
    public async Task A_wrong_key_is_refused_before_anything_is_said_about_the_body()
    {
        foreach (var operation in Operations.Where(o => o is { Body: not null, IsPublic: false, Place: OperationPlace.Root }))
        {
            using var response = await SendAsync(operation, "{broken", key: "KEYwrong");
            Assert.True(await response.CodeAsync() is (HttpStatusCode.Unauthorized, "10009"), operation.ToString());
        }
    }

    [Fact]
    public async Task Broken_JSON_is_400_code_10023()
    {
        foreach (var operation in Operations.Where(o => o.Body?.Find("application/json") is { MediaType: "application/json" }
            && o.Place is not OperationPlace.Storage))
        {
            using var response = await SendBuiltAsync(operation, "{\"a\": ");
            Assert.True(await response.CodeAsync() is (HttpStatusCode.BadRequest, "10023"), $"{operation}: {await response.CodeAsync()}");
        }
    }

    [Fact]
    public async Task Another_content_type_is_415()
    {
        foreach (var operation in Operations.Where(o => o.Body is not null && o.Body.Content.All(c => c.MediaType is not "*/*")
            && o.Place is OperationPlace.Root))
        {
            using var response = await SendBuiltAsync(operation, "<a/>", "application/x-nonsense");
            Assert.True(await response.CodeAsync() is (HttpStatusCode.UnsupportedMediaType, "10014"),
                $"{operation}: {await response.CodeAsync()}");
        }
    }

    [Fact]
    public async Task A_body_that_fits_is_accepted_and_the_answer_is_an_honest_501()
    {
        foreach (var operation
            in Operations.Where(o => o.Body is null || o.Body.Find("application/json") is { MediaType: "application/json" }))
        {
            using var response = await SendAsync(operation, BodyOf(operation), query: QueryOf(operation));
            Assert.True(response.StatusCode is HttpStatusCode.NotImplemented,
                $"{operation}: {await response.CodeAsync()} "
                + $"{await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken)}");
            Assert.Equal("false", Assert.Single(response.Headers.GetValues("x-should-retry")));
            if (operation is { Place: OperationPlace.Root, Errors: not ErrorStyle.Page })
                Assert.Equal("10041", (await response.CodeAsync()).Code);
            if (operation.Place is OperationPlace.Storage) continue;
            using var built = await SendBuiltAsync(operation, BodyOf(operation), query: QueryOf(operation));
            Assert.True(built.StatusCode is HttpStatusCode.NoContent, $"{operation}: {await built.CodeAsync()}");
        }
    }

    [Theory]
    [InlineData("{\"a\": ", "application/json"), InlineData("{\"nonsense\": [1]}", "application/json"),
        InlineData("<a/>", "application/x-nonsense"), InlineData(null, "")]
    public async Task What_is_not_built_says_so_before_anything_is_said_about_the_request(string? body, string contentType)
    {
        foreach (var operation in Operations.Where(o => o.Place is OperationPlace.Root && (body is null || o.Body is not null)))
        {
            using var response = await SendAsync(operation, body, contentType: contentType, query: "?page[size]=-1&filter[no_such]=1");
            Assert.True(response.StatusCode is HttpStatusCode.NotImplemented, $"{operation}: {await response.CodeAsync()}");
        }
    }

    [Fact]
    public async Task A_body_with_one_wrong_field_is_422_or_what_the_contract_has_in_its_place_with_a_pointer()
    {
        int asked = 0;
        foreach (var operation in Operations)
        {
            if (operation.Body?.Find("application/json") is not { MediaType: "application/json", Schema: var schema }) continue;
            var samples = new SampleBodies(new Rng(5));
            if (samples.Make(schema) is not { } body || samples.Break(schema, body) is not var (wrong, pointer)) continue;
            asked++;
            using var response = await SendBuiltAsync(operation, wrong.ToJsonString());
            Assert.True((int)response.StatusCode == operation.BadBodyStatus, $"{operation}: {await response.CodeAsync()}");
            var errors = JsonNode.Parse(await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken))!["errors"]!
                .AsArray();
            Assert.Contains(errors, e => e!["source"]?["pointer"]?.GetValue<string>() == pointer);
        }

        Assert.True(asked > 200, $"{asked}");
    }

    [Fact]
    public void Only_where_the_contract_has_no_422_a_wrong_body_is_400() =>
        Assert.Equal(["post /oauth/introspect", "post /oauth/register", "post /oauth/token"], Operations.Where(o => o.BadBodyStatus == 400)
            .Select(o => o.Id).Order(StringComparer.Ordinal));

    [Fact]
    public async Task A_method_that_the_path_does_not_have_is_405_and_names_those_that_it_has()
    {
        foreach (var path in Operations.Where(o => o.Place is not OperationPlace.Storage).GroupBy(PathOf))
        {
            using var response = await _api.SendAsync("PROPFIND", path.Key);
            Assert.True(response.StatusCode is HttpStatusCode.MethodNotAllowed, path.Key);
            if (path.First().Errors is not ErrorStyle.Page) Assert.Equal("10030", (await response.CodeAsync()).Code);
            Assert.Superset(path.Select(o => o.Method).ToHashSet(), response.Content.Headers.Allow.ToHashSet());
        }
    }

    [Theory]
    [InlineData("/v2"), InlineData("/v2/"), InlineData("/v2/nothing"), InlineData("/v2/calls/x/actions/none"),
        InlineData("/v2/calls/x/y/z/w")]
    [InlineData("/v2/some_bucket/some_object"), InlineData("/v2/.well-known/nothing")]
    public async Task An_unknown_path_is_404(string path)
    {
        foreach (var method in (string[])["GET", "POST"])
        {
            using var response = await _api.SendAsync(method, path);
            Assert.Equal((HttpStatusCode.NotFound, "10005"), await response.CodeAsync());
        }
    }

    [Theory]
    [InlineData("/v2/messages/rcs", "POST"), InlineData("/v2/messsages/rcs", "POST"), InlineData("/v2/10dlc/brand", "GET"),
        InlineData("/v2/brand", "GET")]
    [InlineData("/v2/10dlc/campaign/x1", "GET"), InlineData("/v2/public_key", "GET"),
        InlineData("/.well-known/oauth-protected-resource", "GET"), InlineData("/v2/.well-known/oauth-protected-resource", "GET")]
    public async Task Aliases_and_paths_of_ours_are_served(string path, string method)
    {
        using var response = await _api.SendAsync(method, path);
        Assert.True(response.StatusCode is HttpStatusCode.NotImplemented, $"{response.StatusCode}");
    }

    [Fact]
    public async Task The_storage_listener_answers_in_XML_and_takes_slashes_in_names()
    {
        using var response = await _storage.SendAsync("GET", "/bucket/folder/object.txt");
        Assert.Equal(HttpStatusCode.NotImplemented, response.StatusCode);
        Assert.Equal("application/xml", response.Content.Headers.ContentType!.MediaType);
        Assert.Contains("<Code>NotImplemented</Code>", await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken),
            StringComparison.Ordinal);
    }

    [Fact]
    public async Task Each_reply_has_a_request_id_of_its_own()
    {
        using var one = await _api.SendAsync("GET", "/v2/calls/x");
        using var other = await _api.SendAsync("GET", "/v2/nothing");
        Assert.NotEqual(Assert.Single(one.Headers.GetValues("x-request-id")), Assert.Single(other.Headers.GetValues("x-request-id")));
    }
}
