using System.Collections.Concurrent;
using System.Security.Cryptography;
using System.Text.Json;
using Ringwright.Calls;
using Ringwright.Core;
using Ringwright.Switch;
using Ringwright.Switch.Legs;
using Ringwright.Switch.Recovery;
using Ringwright.Switch.Routing;

namespace Ringwright.Net;

/// <summary>The engine as dialects see it: dials go to the <see cref="Dialler"/>, commands to their leg's shard.</summary>
internal sealed class CallControl : ICallControl, IDialEdge
{
    private static readonly ConcurrentDictionary<Type, string> CommandNames = new();

    private readonly EngineParts _parts;
    private readonly IReadOnlyList<ShardThread> _shards;
    private readonly PendingReplies _replies;
    private readonly Dialler _dialler;
    private readonly OtherNodes _others;
    private readonly RefusedDials _refused;

    public CallControl(NodeIdentity identity, IRouting routing, EngineParts parts, IReadOnlyList<ShardThread> shards,
        PendingReplies replies, ShardSettings settings)
    {
        (_parts, _shards, _replies) = (parts, shards, replies);
        var placement = new Placement(parts.Gate, parts.Media, settings, Random);
        _dialler = new(identity, routing, parts.Hosts, placement, new InitialInvite(settings), parts.Gate, parts.GateWait, parts.Media,
            parts.Ledger, parts.Health, this, parts.Dials);
        _others = new(identity.Node, _dialler.IsHere, parts.Forwarder, parts.Names);
        _refused = new(parts.Logger, parts.Clock);
    }

    public IRefusedDials RefusedDials => _refused;

    /// <summary>Refuses new legs from now on.</summary>
    public void Drain() => _dialler.Drain();

    public async ValueTask<Dialled> DialAsync(DialRequest request, CancellationToken stop)
    {
        var dialled = await _others.JudgeAsync(request, stop) ?? await _dialler.DialAsync(request, stop);
        _refused.Note(request, dialled);
        return dialled;
    }

    public async ValueTask<Ack> SendAsync(Subject to, SubjectCommand command, CancellationToken stop)
    {
        if (!_dialler.IsHere(to.Address)) return await _others.SendAsync(to, command, stop);
        if (command is LegCommand asked && await _others.JudgeAsync(new(to.Value), asked, stop) is not Refusal.None and var apart)
            return apart;
        var at = EngineClock.At(_parts.Clock);
        long correlation = _replies.ExpectAck(out var ack);
        Post(correlation, to, command);
        var answer = await ack.WaitAsync(stop);
        if (answer.Refusal is Refusal.QueueEmpty && command is LegCommand.BridgeQueue { Queue: var queue })
            answer = await _others.OfEmptyAsync(new(to.Value), queue, stop);
        Note(to, command, at, answer);
        return answer;
    }

    public bool TrySend(LegId leg, LegCommand command, Action<Ack> told)
    {
        var to = Subject.Of(leg);
        if (!_dialler.IsHere(to.Address) || OtherNodes.MayConcern(command)) return false;
        var at = EngineClock.At(_parts.Clock);
        long correlation = _replies.ExpectAck(answer =>
        {
            Note(to, command, at, answer);
            told(answer);
        });
        Post(correlation, to, command);
        return true;
    }

    Instant IDialEdge.Now => EngineClock.At(_parts.Clock);
    int IDialEdge.Shards => _shards.Count;
    bool IDialEdge.IsAfterStall => _parts.IsAfterStall();
    ulong IDialEdge.Random() => Random();
    bool IDialEdge.IsBusy(int shard) => _shards[shard].Mailbox.Count >= Limits.MailboxMessagesForNewWork;

    void IDialEdge.HandOver(int shard, LegMessage.Dial leg)
    {
        var facts = leg.Leg;
        _parts.NoteInitiated(facts);
        _parts.CallTraces?.Began(facts, callId: null);
        _parts.CallTraces?.Commanded(facts.Id, "dial", leg.Request.CommandId, facts.StartedAt, Ack.Accepted);
        _shards[shard].Mailbox.Post(leg);
    }

    void IDialEdge.Withdrew(DialRequest request)
    {
        Metrics.DialsWithdrawn.Add(1);
        _parts.Logger.DialWithdrawn(E164.Mask(request.From), E164.Mask(request.To));
    }

    private void Post(long correlation, Subject to, SubjectCommand command)
    {
        // A hang-up frees what overload lacks: it may use all of the mailbox that a BYE may.
        int bound = command.IsEnding ? Limits.MailboxMessagesForEndings : Limits.MailboxMessagesForNewWork;
        if (SubjectMessages.Command(correlation, to, command) is not { } message) _replies.Complete(correlation, Refusal.WrongState);
        else if (!_shards[to.Address.Shard].Mailbox.TryPost(message, bound)) _replies.Complete(correlation, Refusal.Overloaded);
    }

    /// <param name="at">When the command came.</param>
    private void Note(Subject to, SubjectCommand command, Instant at, Ack answer)
    {
        if (to.Kind is SubjectKind.Leg) _parts.CallTraces?.Commanded(new(to.Value), Name(command), command.CommandId, at, answer);
        if (!answer.IsAccepted) Metrics.CommandsRefused.Add(1, new KeyValuePair<string, object?>("reason", answer.Refusal.ToString()));
    }

    private static string Name(SubjectCommand command) =>
        CommandNames.GetOrAdd(command.GetType(), static type => JsonNamingPolicy.SnakeCaseLower.ConvertName(type.Name));

    private static ulong Random()
    {
        Span<byte> bytes = stackalloc byte[8];
        RandomNumberGenerator.Fill(bytes);
        return BitConverter.ToUInt64(bytes);
    }
}
