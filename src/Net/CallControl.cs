using System.Collections.Concurrent;
using System.Net;
using System.Security.Cryptography;
using System.Text.Json;
using Ringwright.Calls;
using Ringwright.Core;
using Ringwright.Media.Protocol;
using Ringwright.Net.Dns;
using Ringwright.Switch;
using Ringwright.Switch.Goodbyes;
using Ringwright.Switch.Routing;

namespace Ringwright.Net;

/// <summary>The engine as dialects see it: mints ids, asks the gate, finds the route, commits the first row, then tells the shard.</summary>
internal sealed class CallControl(NodeIdentity identity, IRouting routing, EngineParts parts, IReadOnlyList<ShardThread> shards,
    PendingReplies replies, WallAnchor anchor, FirstInvite invites) : ICallControl
{
    private static readonly TimeSpan RequestMemory = TimeSpan.FromSeconds(60);
    private const int MaxRememberedRequests = 100_000;

    private readonly ConcurrentDictionary<(TenantId Tenant, string CommandId), Remembered> _requests = new();
    private static readonly ConcurrentDictionary<Type, string> CommandNames = new();
    private readonly Placement _placement = new(parts.Gate, parts.Media, parts.Targets, anchor, parts.Domain, Random);
    private uint _counter, _turn;
    private long _lastForget;
    private volatile bool _isDraining;

    /// <summary>Refuses new legs from now on.</summary>
    public void Drain() => _isDraining = true;

    public async ValueTask<Dialled> DialAsync(DialRequest request, CancellationToken stop)
    {
        if (request.CommandId is not { } commandId) return await DialOnceAsync(request);

        Forget();
        var mine = new Remembered(EngineClock.Now, new(TaskCreationOptions.RunContinuationsAsynchronously));
        while (_requests.AddOrUpdate((request.Tenant, commandId), mine, (_, old) => old.At + RequestMemory > mine.At ? old : mine) is var kept && kept != mine)
        {
            var others = await kept.Result.Task.WaitAsync(stop);
            // Withdrawn for want of whoever asked: this one is another who asks.
            if (others.Ack.Refusal is not Refusal.Withdrawn) return others;
        }

        try
        {
            var dialled = await DialOnceAsync(request);
            // A refusal made nothing: the same id may try again.
            if (!dialled.Ack.IsAccepted) _requests.TryRemove(new((request.Tenant, commandId), mine));
            mine.Result.SetResult(dialled);
            return dialled;
        }
        catch (Exception e)
        {
            _requests.TryRemove(new((request.Tenant, commandId), mine));
            mine.Result.SetException(e);
            _ = mine.Result.Task.Exception;     // seen: the caller gets the same one
            throw;
        }
    }

    public async ValueTask<Ack> SendAsync(LegId leg, LegCommand command, CancellationToken stop)
    {
        if (!IsHere(leg) || command is LegCommand.Bridge { Peer: var peer } && !IsHere(peer)) return Refusal.AlreadyEnded;
        var at = EngineClock.Now;
        long correlation = replies.ExpectAck(out var ack);
        // A hang-up frees what overload lacks: it may use all of the mailbox that a BYE may.
        int bound = command is LegCommand.Hangup ? Limits.MailboxLettersForEndings : Limits.MailboxLettersForNewWork;
        if (!shards[leg.Shard].Mailbox.TryPost(new Letter.Command(correlation, leg, command), bound)) replies.Complete(correlation, Refusal.Overloaded);
        var answer = await ack.WaitAsync(stop);
        parts.BlackBox?.Commanded(leg, Name(command), command.CommandId, at, answer);
        if (!answer.IsAccepted) Metrics.CommandsRefused.Add(1, new KeyValuePair<string, object?>("reason", answer.Refusal.ToString()));
        return answer;
    }

    private async ValueTask<Dialled> DialOnceAsync(DialRequest request)
    {
        if (_isDraining) return Dialled.Refused(Refusal.Draining, "draining", "The node is stopping and takes no new calls.");
        if (!parts.Ledger.IsReady) return Dialled.Refused(Refusal.LedgerUnavailable, "ledger_unavailable", "The ledger cannot take new calls at the moment.");
        // Legs that belong together live together, so that most letters between them stay on one shard; those that ring together must.
        int shard = request.Link is { To: var other } && IsHere(other) ? other.Shard : (int)(Interlocked.Increment(ref _turn) % (uint)shards.Count);
        if (shards[shard].Mailbox.Count >= Limits.MailboxLettersForNewWork) return Dialled.Refused(Refusal.Overloaded, "overloaded", "The node is busy; try again later.");

        var legs = new List<NewLeg>();
        try
        {
            var refused = TryPlace(request, shard, legs);
            for (int i = 0; refused is null && i < request.AlsoTo.Count; i++)
                refused = TryPlace(request with { To = request.AlsoTo[i], CommandId = null, Session = legs[0].Initiated.Leg.Session }, shard, legs);
            if (refused is null && await IsWithdrawnAsync(request)) refused = Dialled.Refused(Refusal.Withdrawn, "withdrawn", "The node stood still, and the connection was closed meanwhile.");
            return refused ?? await DialAsync(legs, shard);
        }
        finally
        {
            foreach (var leg in legs.Where(l => !l.IsHandedOver))
            {
                parts.Gate.Leave(leg.Initiated.Leg.Id);
                parts.Media.Post(new MediaCommand.Close(leg.Placed.Lease.Port));
            }
        }
    }

    /// <summary>
    /// After a stall many have given up and gone, and may have asked again or told a person: a call that nobody expects any more is not placed. In ordinary
    /// running what was asked for is done, whether or not the client waits for the answer.
    /// </summary>
    private async ValueTask<bool> IsWithdrawnAsync(DialRequest request)
    {
        if (request.HasAskerLeft is not { } hasLeft || !parts.IsAfterStall() || !await hasLeft()) return false;
        Metrics.DialsWithdrawn.Add(1);
        parts.Logger.DialWithdrawn(E164.Mask(request.From), E164.Mask(request.To));
        return true;
    }

    /// <summary>Finds the route and places a leg on it.</summary>
    /// <returns>Null when the leg is among <paramref name="legs"/> now.</returns>
    private Dialled? TryPlace(DialRequest request, int shard, List<NewLeg> legs)
    {
        uint counter = Interlocked.Increment(ref _counter);
        var leg = LegId.Compose(identity.Node, shard, identity.Epoch, counter, Random());
        // The plan says what the destination means, so that the gate judges what is dialled.
        var plan = DialPlan.ForProgram(routing.Current, request, parts.Hosts, turn: counter);
        var answer = _placement.TryPlace(routing.Current, request, plan, leg, EngineClock.Now, Direction.Outbound, out var placed);
        if (!answer.IsOpen) return Dialled.Refused(answer.Refusal, answer.Rule, answer.Detail);
        var mine = new NewLeg(placed, new()
        {
            Leg = placed.Facts,
            At = placed.Facts.StartedAt,
            ConnectionCodecs = placed.ConnectionCodecs,
            CommandId = request.CommandId,
            Dialled = request.To,
            IsLinked = request.Link is not null,
        }, InviteNames.Mint(identity, shard, counter, Random()));
        legs.Add(mine);
        mine.Goodbye = invites.Goodbye(placed.Request, plan, mine.Names);
        return null;
    }

    /// <summary>Commits the first rows, then tells the shard of all that have one.</summary>
    private async ValueTask<Dialled> DialAsync(List<NewLeg> legs, int shard)
    {
        bool[] isCommitted = await Task.WhenAll(legs.Select(AppendAsync));
        var committed = legs.Where((_, i) => isCommitted[i]).ToList();
        if (committed.Count == 0) return Dialled.Refused(Refusal.LedgerUnavailable, "ledger_unavailable", "The ledger did not take the call.");

        IReadOnlyList<LegId> rivals = committed.Count == 1 ? [] : [.. committed.Select(l => l.Initiated.Leg.Id)];
        foreach (var leg in committed)
        {
            var facts = leg.Initiated.Leg;
            parts.NoteInitiated(facts);
            parts.BlackBox?.Began(facts, callId: null);
            parts.BlackBox?.Commanded(facts.Id, "dial", leg.Placed.Request.CommandId, facts.StartedAt, Ack.Accepted);
            leg.IsHandedOver = true;
            shards[shard].Mailbox.Post(new Letter.Dial(facts, leg.Placed.Request, leg.Placed.Plan, leg.Placed.Lease, leg.Placed.Codecs) { Rivals = rivals, Names = leg.Names, Goodbye = leg.Goodbye });
        }
        return Dialled.Accepted(committed[0].Initiated.Leg);
    }

    private Task<bool> AppendAsync(NewLeg leg)
    {
        // What follows a commit is not for the ledger's own thread.
        var committed = new TaskCompletionSource<bool>(TaskCreationOptions.RunContinuationsAsynchronously);
        parts.Ledger.Append(leg.Initiated, (_, isCommitted) => committed.SetResult(isCommitted), leg.Goodbye);
        return committed.Task;
    }

    /// <summary>Of this start of this node; every other leg of ours has ended.</summary>
    private bool IsHere(LegId leg) => leg.Node == identity.Node && leg.Epoch == identity.Epoch && leg.Shard < shards.Count;

    private static string Name(LegCommand command) => CommandNames.GetOrAdd(command.GetType(), static type => JsonNamingPolicy.SnakeCaseLower.ConvertName(type.Name));

    private static ulong Random()
    {
        Span<byte> bytes = stackalloc byte[8];
        RandomNumberGenerator.Fill(bytes);
        return BitConverter.ToUInt64(bytes);
    }

    private void Forget()
    {
        var now = EngineClock.Now;
        long last = Volatile.Read(ref _lastForget);
        // Once a second is enough, and one caller does it.
        if (now.Nanos - last < 1_000_000_000 || Interlocked.CompareExchange(ref _lastForget, now.Nanos, last) != last) return;
        foreach (var (key, remembered) in _requests)
            if (remembered.At + RequestMemory <= now || _requests.Count > MaxRememberedRequests) _requests.TryRemove(new(key, remembered));
    }

    /// <param name="Initiated">Its first row, not written yet.</param>
    private sealed record NewLeg(PlacedLeg Placed, CallEvent.LegInitiated Initiated, InviteNames Names)
    {
        public string? Goodbye { get; set; }

        /// <summary>Its shard looks after gate and port from now on.</summary>
        public bool IsHandedOver { get; set; }
    }

    private sealed record Remembered(Instant At, TaskCompletionSource<Dialled> Result);
}
