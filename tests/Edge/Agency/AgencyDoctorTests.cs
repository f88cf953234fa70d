using Dapper;
using Ringwright.Agency.Providers;
using Ringwright.Core;
using Ringwright.Edge.Server;
using Ringwright.Edge.Speech;
using Ringwright.Edge.Store;

namespace Ringwright.Edge.Agency;

/// <summary>Whether providers of agencies know the keys that are kept, as the operator asks it from a terminal.</summary>
public sealed class AgencyDoctorTests
{
    [Fact]
    public async Task Each_provider_is_asked_by_its_key_and_nothing_is_changed_there()
    {
        string known = "key-of-the-agency";
        bool isReadAlone = true;
        await using var far = await TestServer.StartAsync(http =>
        {
            string key = http.Request.Path == "/v2/balance" ? (string?)http.Request.Headers.Authorization ?? ""
                : "Bearer " + (string?)http.Request.Headers["x-api-key"];
            isReadAlone &= http.Request.Method == "GET";
            http.Response.StatusCode = key == "Bearer " + known ? 200 : 401;
            return Task.CompletedTask;
        });
        await using var host = await AgencyHost.StartAsync(Product.Sqlite);
        var run = await RunAsync(host);
        Assert.Equal((0, "No agency has a key of a provider or carrier.\n"), (run.Exit, run.Output));
        await host.DoneAsync(200, host.OwnerA, "PUT", "/integrations/ultravox",
            $$"""{"base_url":"{{far.Url}}","api_key":"{{known}}"}""");
        await host.DoneAsync(200, host.OwnerA, "PUT", "/integrations/telnyx",
            $$"""{"base_url":"{{far.Url}}/v2","api_key":"{{known}}"}""");

        run = await RunAsync(host);
        Assert.Equal(0, run.Exit);
        string[] lines = run.Output.TrimEnd('\n').Split('\n');
        Assert.Equal(2, lines.Length);
        Assert.StartsWith("ok    ultravox      agency A, " + far.Url + ", key key-…: it knows the key", lines[0], StringComparison.Ordinal);
        Assert.StartsWith("ok    telnyx        agency A, " + far.Url + "/v2, key key-…", lines[1], StringComparison.Ordinal);
        Assert.DoesNotContain(known, run.Output, StringComparison.Ordinal);

        // It is another one there since.
        known = "another-key";
        run = await RunAsync(host);
        Assert.Equal(1, run.Exit);
        Assert.All(run.Output.TrimEnd('\n').Split('\n'), line =>
        {
            Assert.StartsWith("BAD ", line, StringComparison.Ordinal);
            Assert.EndsWith("it does not know the key", line, StringComparison.Ordinal);
        });
        Assert.True(isReadAlone);
    }

    [Fact]
    public async Task A_key_that_does_not_open_is_told_and_keeps_no_other_from_being_tried()
    {
        int asked = 0;
        await using var far = await TestServer.StartAsync(_ =>
        {
            Interlocked.Increment(ref asked);
            return Task.CompletedTask;
        });
        await using var host = await AgencyHost.StartAsync(Product.Sqlite);
        foreach (string owner in new[] { host.OwnerA, host.OwnerB })
            await host.DoneAsync(200, owner, "PUT", "/integrations/ultravox", $$"""{"base_url":"{{far.Url}}","api_key":"key-of-it"}""");
        var agency = new TenantId(Guid.Parse((string)host.AccountA["id"]!));
        string kept = new ProviderSeal(new byte[32]).Seal("key-of-it", $"{agency} api_key");
        await host.Node.Node.Database.Sql.WriteAsync(db => db.Execute(
            "update agency_integrations set api_key = @kept where tenant_id = @agency", new { kept, agency }),
            TestContext.Current.CancellationToken);

        asked = 0;
        var run = await RunAsync(host);
        Assert.Equal(1, run.Exit);
        string[] lines = [.. run.Output.TrimEnd('\n').Split('\n').Order(StringComparer.Ordinal)];
        Assert.Equal(2, lines.Length);
        Assert.StartsWith("BAD   ultravox      agency A, ", lines[0], StringComparison.Ordinal);
        Assert.EndsWith("it does not open: it was sealed by a database with another token key", lines[0], StringComparison.Ordinal);
        Assert.StartsWith("ok    ultravox      agency B, ", lines[1], StringComparison.Ordinal);
        Assert.Equal(1, asked);
    }

    private static Task<(int Exit, string Output, string Errors)> RunAsync(AgencyHost host) =>
        CommandRun.RunAsync("doctor", "agency", "--data", host.Node.Node.Settings.Data);
}
