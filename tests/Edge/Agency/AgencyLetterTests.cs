using System.Text.Json.Nodes;
using Ringwright.Edge.Store;
using Ringwright.Testing;

namespace Ringwright.Edge.Agency;

public sealed class AgencyLettersOnSqliteTests() : AgencyLetterTests(Product.Sqlite);

[Depth("the gate runs these on SQLite; ledger, money, routing, delivery and campaigns run on PostgreSQL there")]
public sealed class AgencyLettersOnPostgresTests() : AgencyLetterTests(Product.Postgres);

/// <summary>Names that are not written in the 26 letters alone.</summary>
public abstract class AgencyLetterTests(Product product) : IAsyncLifetime
{
    private AgencyHost _host = null!;       // set before each test

    public async ValueTask InitializeAsync() => _host = await AgencyHost.StartAsync(product);

    public ValueTask DisposeAsync() => _host.DisposeAsync();

    [Fact]
    public async Task A_name_is_found_in_any_case()
    {
        foreach (string name in new[] { "Ärger", "Łódź", "Ελένη", "Bernd" })
            await _host.DoneAsync(201, _host.OwnerA, "POST", "/agents", new JsonObject { ["name"] = name }.ToJsonString());
        foreach (var (search, name) in new[]
            {
                ("Ärger", "Ärger"), ("ÄRG", "Ärger"), ("ärg", "Ärger"), ("łÓDŹ", "Łódź"), ("ΕΛΈ", "Ελένη"), ("BERN", "Bernd"),
            })
        {
            var found = await _host.DoneAsync(200, _host.OwnerA, "GET", "/agents?search=" + Uri.EscapeDataString(search));
            Assert.True(found["agents"]!.AsArray().Count == 1, $"{search}: {found.ToJsonString()}");
            Assert.Equal(name, (string?)found["agents"]![0]!["name"]);
        }
        // As it is without its mark it is another name.
        var none = await _host.DoneAsync(200, _host.OwnerA, "GET", "/agents?search=arger");
        Assert.Empty(none["agents"]!.AsArray());
    }

    [Fact]
    public async Task Two_campaigns_of_a_client_do_not_differ_by_case_alone()
    {
        string client = await _host.ClientAsync(_host.OwnerA, "Client one");
        string Of(string name) => new JsonObject { ["client_id"] = client, ["name"] = name, ["type"] = "sdr" }.ToJsonString();
        await _host.DoneAsync(201, _host.OwnerA, "POST", "/campaigns", Of("Übersicht"));
        await _host.RefusedAsync(409, "already_exists", _host.OwnerA, "POST", "/campaigns", Of("ÜBERSICHT"));
        await _host.DoneAsync(201, _host.OwnerA, "POST", "/campaigns", Of("Ubersicht"));
    }
}
