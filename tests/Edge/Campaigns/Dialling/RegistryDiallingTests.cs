using Ringwright.Edge.Store;
using Ringwright.Store.Tables;
using Ringwright.Testing;

namespace Ringwright.Edge.Campaigns.Dialling;

public sealed class RegistryDiallingOnSqliteTests() : RegistryDiallingTests(Product.Sqlite);

[Depth("the gate runs these on SQLite, and kills a campaign on PostgreSQL in Interop")]
[Collection(nameof(Starving))] // its clock is the test's and its database is not: a server that is busy with others is late by that clock
public sealed class RegistryDiallingOnPostgresTests() : RegistryDiallingTests(Product.Postgres);

/// <summary>
/// Whom campaigns that sell call where a national do-not-call registry was brought in. INVITEs are counted at the far end.
/// </summary>
public abstract class RegistryDiallingTests(Product product) : DiallerRig(product)
{
    [Fact]
    public async Task Whom_a_registry_names_is_called_by_what_sells_with_a_written_consent_alone()
    {
        foreach (string number in (string[])[Anna, Bert, Cleo]) Far.Script(number, TakenCall.Talks(1), TakenCall.Talks(1));
        foreach (var (number, kind) in new[] { (Anna, ConsentKind.Written), (Bert, ConsentKind.Express) }) await AgreesAsync(number, kind);
        await RegistryAsync(TimeSpan.FromDays(30), warns: false, Anna, Bert, Bert);
        StartDialler();
        var selling = await CampaignAsync(Terms() with { IsMarketing = true }, Anna, Bert, Cleo);
        await RunningAsync(selling);
        await StoppedAsync(selling);
        Assert.Equal([Anna, Cleo], Far.Invites.Select(invite => invite.Number).Order(StringComparer.Ordinal));
        Assert.Equal("national_dnc", (await TargetAsync(selling, Bert)).Outcome);
        var listed = (await AttemptsAsync(selling)).ToDictionary(attempt => attempt.Number, attempt => attempt.Evidence);
        Assert.Equal((true, "written"), ((bool)listed[Anna]["registries"]![0]!["listed"]!,
            (string?)listed[Anna]["registry_consent"]!["kind"]));
        Assert.Equal(("us", false, false), ((string?)listed[Cleo]["registries"]![0]!["name"],
            (bool)listed[Cleo]["registries"]![0]!["listed"]!, (bool)listed[Cleo]["registries"]![0]!["stale"]!));

        // What does not sell asks no registry.
        var serving = await CampaignAsync(Terms(), Bert);
        await RunningAsync(serving);
        await StoppedAsync(serving);
        Assert.Single(Far.InvitesTo(Bert));
    }

    [Fact]
    public async Task By_an_old_snapshot_nobody_is_called_unless_it_is_to_warn_alone()
    {
        Far.Script(Cleo, TakenCall.Talks(1));
        await RegistryAsync(TimeSpan.FromDays(31) + TimeSpan.FromHours(1), warns: false, Anna);
        StartDialler();
        var old = await CampaignAsync(Terms() with { IsMarketing = true }, Cleo);
        await RunningAsync(old);
        await StoppedAsync(old);
        Assert.Empty(Far.Invites);
        Assert.Equal("registry_stale", (await TargetAsync(old, Cleo)).Outcome);

        // A new one takes the whole place of the old one.
        await RegistryAsync(TimeSpan.FromDays(40), warns: true, Bert);
        Assert.Equal(["us"], (await Store.Registries.ListAsync(Stop)).Select(one => one.Name));
        Assert.False(Assert.Single(await Store.Registries.AskAsync(Anna, Stop)).IsListed);
        Assert.True(Assert.Single(await Store.Registries.AskAsync(Bert, Stop)).IsListed);
        Assert.Empty(await Store.Registries.AskAsync("+498912345678", Stop));
        var warned = await CampaignAsync(Terms() with { IsMarketing = true }, Bert, Cleo);
        await RunningAsync(warned);
        await StoppedAsync(warned);
        Assert.Equal("national_dnc", (await TargetAsync(warned, Bert)).Outcome);
        Assert.True((bool)Assert.Single(await AttemptsAsync(warned)).Evidence["registries"]![0]!["stale"]!);

        await Store.Registries.RemoveAsync("us", Time.GetUtcNow(), Stop);
        Assert.Empty(await Store.Registries.AskAsync(Bert, Stop));
    }

    private async Task AgreesAsync(string number, ConsentKind kind)
    {
        var at = Time.GetUtcNow();
        await Store.Consents.AddAsync(new()
        {
            Id = Guid.CreateVersion7(at), Tenant = Tenant, Number = number, Kind = kind, Channel = ConsentChannel.Voice, Source = "form",
            GivenAt = at, At = at,
        }, note: null, Stop);
    }

    private async Task RegistryAsync(TimeSpan age, bool warns, params string[] numbers)
    {
        var (at, load) = (Time.GetUtcNow(), Guid.NewGuid());
        Assert.Equal(numbers.Distinct().Count(), await Store.Registries.AddAsync(load, numbers, at, Stop));
        var made = await Store.Registries.ReplaceAsync(new()
        {
            Name = "us", Prefix = "+1", Load = load, WarnsWhenStale = warns, TakenAt = at - age, LoadedAt = at,
        }, Stop);
        Assert.Equal(numbers.Distinct().Count(), made!.Numbers);
        // It is in use now.
        Assert.Null(await Store.Registries.AddAsync(load, numbers, at, Stop));
    }
}
