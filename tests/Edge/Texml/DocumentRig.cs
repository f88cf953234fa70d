using Microsoft.Extensions.Logging.Abstractions;
using Ringwright.Calls;
using Ringwright.Core;
using Ringwright.Edge.Store;
using Ringwright.Egress;
using Ringwright.Http;
using Ringwright.Store.Tables;
using Ringwright.Testing;
using Ringwright.Texml;
using Ringwright.Texml.Callbacks;
using Ringwright.Texml.Documents;
using Ringwright.Texml.Run;

namespace Ringwright.Edge.Texml;

/// <summary>Runs documents by the product's reader and runner, on a real database; the clock runs fast.</summary>
public sealed class DocumentRig : IAsyncLifetime
{
    /// <summary>Nobody listens there, which is known at once.</summary>
    public const string Nobody = "http://127.0.0.1:9/nobody";

    private readonly FakeTimeProvider _clock = new();
    private readonly EgressClient _egress = new(new() { IsLoopbackAllowed = true }, TimeProvider.System);
    private readonly CancellationTokenSource _over = new();
    private TestDatabase _store = null!;        // set before each test
    private TexmlParts _parts = null!;          // the same
    private Task _ticking = Task.CompletedTask;
    private long _numbers = 100;

    internal TexmlProjector Projector => new(_parts);

    /// <summary>What documents have ordered of programs that talk.</summary>
    internal RelayOrders Relays => _parts.Relays;

    /// <summary>What legs that documents have dialled report to.</summary>
    internal DialledCalls Dialled => _parts.Dialled;

    /// <summary>An account, and what its requests are signed with.</summary>
    internal async Task<(TenantId Account, string Token)> AccountAsync()
    {
        var stop = TestContext.Current.CancellationToken;
        var account = (await _store.Database.Tenants.CreateAsync($"signs {Guid.NewGuid():n}", TenantLimits.None, null, stop))!.Tenant.Id;
        return (account, (await _store.Database.AuthTokens.ReplaceAsync(account, stop))!);
    }

    /// <summary>Gives a number to an account, which sends texts from it from now on.</summary>
    internal async Task GiveAsync(TenantId account, string number)
    {
        var given = new NewNumber(new(number, account, null), Interlocked.Increment(ref _numbers), _clock.GetUtcNow());
        await _store.Database.Numbers.ImportAsync([given], TestContext.Current.CancellationToken);
    }

    /// <summary>What documents have sent for an account; nobody takes it on.</summary>
    internal async Task<IReadOnlyList<TextMessage>> TextsOfAsync(TenantId account) =>
        (await _store.Database.Texts.ListAsync(account, new() { Limit = 100 }, TestContext.Current.CancellationToken)).Rows;

    public async ValueTask InitializeAsync()
    {
        _store = await TestDatabase.OpenAsync(time: _clock);
        _parts = new()
        {
            Routing = _store.Database.Routing, Node = _store.Database.Node, Time = _clock, Egress = _egress,
            Records = new DocumentRecords(_store.Database), Log = NullLogger.Instance,
            Links = new(_store.Database.Node, new(new Uri("https://calls.example.com"))), Public = PublicLinks.Relative,
            Texts = new(_store.Database, _egress),
        };
        _ticking = TickAsync();
    }

    public async ValueTask DisposeAsync()
    {
        await _over.CancelAsync();
        await _ticking;
        _egress.Dispose();
        await _store.DisposeAsync();
        _over.Dispose();
    }

    /// <summary>A call as verbs see it.</summary>
    internal DocumentCall Open(ScriptedCall scripted, Connection? application = null) => new(scripted, _parts, application);

    /// <summary>The same by a clock of the test's own.</summary>
    internal DocumentCall Open(ScriptedCall scripted, TimeProvider time) => new(scripted, _parts with { Time = time }, application: null);

    /// <summary>What commands a leg that a document has dialled.</summary>
    internal ICallProgram ProgramOf(DialledCall dialled) => new DialledProgram(dialled, _parts);

    /// <summary>What the document asked of its call, up to its end.</summary>
    internal async Task<ScriptedCall> RunAsync(string document, bool hangsUp = false)
    {
        var scripted = new ScriptedCall { HangsUp = hangsUp };
        await RunAsync(document, scripted);
        return scripted;
    }

    /// <param name="at">The document's own URL.</param>
    /// <returns>Where it leads to; null where the call was over.</returns>
    internal async Task<Step?> RunAsync(string document, ScriptedCall scripted, string at = Nobody)
    {
        var call = Open(scripted);
        call.Base = new(at);
        var root = TexmlReader.Read(TexmlTemplate.Render(document, call.Parameters));
        try
        {
            return await new DocumentRun(call).RunAsync(root).AsTask()
                .WaitAsync(TimeSpan.FromSeconds(30), TestContext.Current.CancellationToken);
        }
        catch (CallOverException)
        {
            // A verb has hung up, or somebody before it.
            return null;
        }
        finally
        {
            scripted.End();
        }
    }

    private async Task TickAsync()
    {
        while (!_over.IsCancellationRequested)
        {
            _clock.Advance(TimeSpan.FromSeconds(1));
            await Task.Delay(2);
        }
    }
}
