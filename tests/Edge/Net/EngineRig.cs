using System.Collections.Concurrent;
using System.Net;
using Microsoft.Extensions.Logging.Abstractions;
using Ringwright.Calls;
using Ringwright.Core;
using Ringwright.Media.Protocol;
using Ringwright.Net;
using Ringwright.Switch;
using Ringwright.Testing;

namespace Ringwright.Edge.Net;

/// <summary>A whole engine on a real socket, with a ledger, a gate, prompts and a media plane that the test looks into.</summary>
internal sealed class EngineRig : IRouting, ILedger, IDialGate, IPrompts, IMediaPlane, IAsyncDisposable
{
    public static readonly TenantId Tenant = new(Guid.Parse("11111111-1111-1111-1111-111111111111"));
    public static readonly ConnectionId Connection = new(1_000_000_000_000_000_001);

    /// <summary>Of a node on loopback.</summary>
    public static readonly SipNetworks Networks = new([new(new(IPAddress.Loopback, 5060), new(IPAddress.Loopback, 5060))]);

    private readonly Lock _gate = new();
    private readonly Dictionary<PortId, Subject> _ports = [];
    private readonly HashSet<LegId> _inside = [];
    private readonly HashSet<LegId> _asked = [];
    private int _lastPort;

    public EngineRig(TargetPolicy? targets = null, Func<SipEngineOptions, SipEngineOptions>? change = null, TimeProvider? clock = null)
    {
        var options = new SipEngineOptions { Listen = new(IPAddress.Loopback, 0), Shards = 2, Seed = 1 };
        Engine = new(change?.Invoke(options) ?? options, new NodeIdentity(1, 3, new byte[32]), this, this, this, this, this,
            targets ?? new TargetPolicy { IsLoopbackAllowed = true }, EngineClock.Anchor(clock ?? TimeProvider.System),
            NullLoggerFactory.Instance, clock);
        Current = Routing();
    }

    public SipEngine Engine { get; }
    public RoutingSnapshot Current { get; set; }
    public bool IsReady { get => Beyond?.IsReady ?? field; set; } = true;
    /// <summary>A real ledger that the rig passes events on to.</summary>
    public ILedger? Beyond { get; set; }
    public bool HasPorts { get; set; } = true;
    public GateAnswer Gate { get; set; } = GateAnswer.Open;
    /// <summary>When set, the gate answers what is asked of it when this is done.</summary>
    public Func<CallAttempt, Task>? Thinks { get; set; }
    /// <summary>While it is set, the next shard that asks the gate stands still.</summary>
    public ManualResetEventSlim? Holds { get; set; }
    public volatile bool IsHeld;
    /// <summary>When set, appends wait for it.</summary>
    public TaskCompletionSource<bool>? Commit { get; set; }
    public ConcurrentQueue<CallEvent> Events { get; } = new();

    public int OpenPorts { get { lock (_gate) return _ports.Count; } }
    public int InGate { get { lock (_gate) return _inside.Count; } }

    public static RoutingSnapshot Routing(params Trunk[] trunks) => new(
        [new() { Id = Tenant, Name = "one" }],
        [new() { Id = Connection, Tenant = Tenant, Kind = ConnectionKind.CallControl, Name = "app" }],
        [new("+4989456", Tenant, Connection)], [], trunks,
        trunks.Select(t => new Route { Id = Guid.NewGuid(), Trunk = t.Id }))
    { VerifiedNumbers = [new(Tenant, "+4930123")] };

    public static DialRequest Request(string to) => new() { Tenant = Tenant, Connection = Connection, To = to, From = "+4930123" };

    public async Task<T> EventAsync<T>() where T : CallEvent =>
        (await Eventually.SomeAsync(() => ValueTask.FromResult(Events.OfType<T>().FirstOrDefault()), typeof(T).Name))!;

    public void Keep(LegFacts leg, string recoveryBye, Action<bool> told) => told(true);
    public void Forget(LegFacts leg) { }

    public void Append(SubjectEvent happened, Action<SubjectEvent, bool> told, string? recoveryBye = null)
    {
        Events.Enqueue((CallEvent)happened);
        if (Beyond is { } ledger) ledger.Append(happened, told, recoveryBye);
        else if (Commit is { } commit) commit.Task.ContinueWith(done => told(happened, done.Result), TaskScheduler.Default);
        else told(happened, true);
    }

    public ValueTask<GateAnswer> AskAsync(ContactAttempt attempt) => new(Gate);
    public ValueTask<GateAnswer> MoveAsync(CallAttempt call) => new(Gate);
    public async ValueTask<GateAnswer> EnterAsync(CallAttempt call)
    {
        if (Thinks is not { } thinks) return Enter(call);
        lock (_gate) _asked.Add(call.Leg);
        await thinks(call);
        lock (_gate)
            if (!_asked.Remove(call.Leg)) return new(Core.Refusal.AlreadyEnded, "already_ended", "The call has ended.");
        return Enter(call);
    }

    private GateAnswer Enter(CallAttempt question)
    {
        if (Holds is { } hold)
        {
            IsHeld = true;
            hold.Wait(TimeSpan.FromSeconds(60));
        }
        lock (_gate)
        {
            if (Gate.IsOpen) _inside.Add(question.Leg);
            return Gate;
        }
    }

    public void Answered(LegId leg) { }

    public void Leave(LegId leg)
    {
        lock (_gate)
        {
            _inside.Remove(leg);
            _asked.Remove(leg);
        }
    }

    public ValueTask<PromptResult> PrepareAsync(TenantId tenant, PromptSource source, string codec, CancellationToken stop) =>
        ValueTask.FromResult(PromptResult.Ready(new("hash", "/nowhere", TimeSpan.FromSeconds(1))));

    public bool IsUp { get; set; } = true;

    public bool TryLease(Subject owner, int network, out PortLease lease)
    {
        lock (_gate)
        {
            lease = default;
            if (!HasPorts || !IsUp) return false;
            var own = Engine.At(network).Local.Address;
            lease = new(PortId.Compose(1, ++_lastPort), new(own, 20_000 + 2 * _lastPort)) { Network = network };
            _ports.Add(lease.Port, owner);
            return true;
        }
    }

    public bool Post(MediaCommand command)
    {
        if (command is MediaCommand.Play play)
            _ = Task.Run(() => Engine.PostMedia(new MediaEvent.PlayEnded(Owner(play.Port), play.Port, play.Id, false)));
        if (command is not MediaCommand.Close) return true;
        var owner = Owner(command.Port);
        lock (_gate) _ports.Remove(command.Port);
        _ = Task.Run(() => Engine.PostMedia(new MediaEvent.Closed(owner, command.Port, new(1, 0, 0, 1, 0, 4.4))));
        return true;
    }

    public ValueTask DisposeAsync() => Engine.DisposeAsync();

    private Subject Owner(PortId port)
    {
        lock (_gate) return _ports[port];
    }
}
