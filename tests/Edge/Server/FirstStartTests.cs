using System.Net;
using Microsoft.Extensions.Logging.Abstractions;
using Ringwright.Server;
using Ringwright.Server.Nodes;
using Ringwright.Testing;

namespace Ringwright.Edge.Server;

public sealed class FirstStartTests
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_short_key_from_the_laptop_opens_nothing_where_others_can_guess_it()
    {
        using var folder = new TempFolder();
        var laptop = RunningNode.SettingsIn(folder.Path) with { ApiKey = "short" };
        var world = laptop with { Http = new(IPAddress.Any, 0), ApiKey = null, OperatorKey = "an operator's key of many letters" };
        await using var database = await Databases.OpenAsync(laptop, TimeProvider.System, NullLoggerFactory.Instance, Stop);
        await FirstStart.RunAsync(database, laptop, TextWriter.Null, Stop);
        await FirstStart.RunAsync(database, laptop, TextWriter.Null, Stop);

        var refused = await Assert.ThrowsAsync<StartRefused>(() => FirstStart.RunAsync(database, world, TextWriter.Null, Stop));
        var key = (await database.ApiKeys.FindAsync("short", Stop))!;
        Assert.Contains($"ringwright key revoke {key.Id} --data {folder.Path}", refused.Message, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', refused.Message);
        await Assert.ThrowsAsync<StartRefused>(() => FirstStart.RunAsync(database, world with { ApiKey = "long enough, they say" },
            TextWriter.Null, Stop));

        await database.ApiKeys.RevokeAsync(key.Tenant, key.Id, Stop);
        await FirstStart.RunAsync(database, world with { ApiKey = "long enough, they say" }, TextWriter.Null, Stop);
        Assert.NotNull(await database.ApiKeys.FindAsync("long enough, they say", Stop));
    }
}
