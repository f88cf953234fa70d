using System.Net;
using Microsoft.Extensions.Logging;
using Ringwright.Core;
using Ringwright.Net.Streams;
using Ringwright.Sip.Transactions;
using Ringwright.Switch;
using Ringwright.Switch.Routing;

namespace Ringwright.Net;

/// <summary>
/// What comes by the wire, on its way to the shard that it is for: the ingress filter is asked,
/// and what finds no room is dropped, refused or waits.
/// </summary>
/// <param name="backPressure">How often a connection that is not read on looks whether there is room again.</param>
internal sealed class SipIngress(IngressFilter filter, Mailbox[] mailboxes, SipTransports transports, RefusedRegisters refusedRegisters,
    RefusedCallBook refusedCalls, CallTraceRecorder? callTrace, TimeSpan backPressure, TimeProvider clock, ILogger logger)
{
    private readonly Lock _gate = new();

    /// <summary>Who may call at all, by his address.</summary>
    public bool IsKnown(IPAddress source) => filter.IsKnown(source);

    /// <summary>A datagram, on its reader's thread. When there is no room it is dropped: it will come again.</summary>
    public void Receive(byte[] datagram, IPEndPoint source, int network)
    {
        var from = SipFlow.Udp(source) with { Network = network };
        try
        {
            if (Admit(datagram, from) is not { Shard: { } index } verdict || TryPost(datagram, from, index, verdict)) return;
            if (verdict.IsNewCall) RefuseBusy(datagram, from);
            else Metrics.Dropped.Add(1, new KeyValuePair<string, object?>("reason", "overload"));
        }
        catch (Exception e)
        {
            // The reader's thread may be a shard's; what a stranger sends must end no thread.
            NoteFault(datagram.Length, source, e);
        }
    }

    /// <summary>A message from a connection. When there is no room the connection is not read on, for it will not come again.</summary>
    public async ValueTask<Welcome> ReceiveAsync(byte[] message, SipFlow from, CancellationToken stop)
    {
        IngressVerdict verdict;
        try
        {
            verdict = Admit(message, from);
        }
        catch (Exception e)
        {
            // All who share the connection would lose it with this one message.
            NoteFault(message.Length, from.Remote, e);
            return Welcome.Refused;
        }
        // A stranger whom we no longer answer is rid of.
        if (verdict.Shard is not { } index)
            return verdict.Reply is null && verdict.Reason == IngressFilter.Silenced ? Welcome.Unwanted : Welcome.Refused;
        while (!TryPost(message, from, index, verdict))
        {
            // Nothing that belongs to a call of ours waits behind it on this connection.
            if (filter.RoomFor(message) == Limits.MailboxMessagesForNewWork)
            {
                RefuseBusy(message, from);
                return Welcome.LetIn;
            }
            await Task.Delay(backPressure, clock, stop).ConfigureAwait(false);
        }
        return Welcome.LetIn;
    }

    /// <summary>Asks the ingress filter, says what it answers, and leaves a note for the call trace of whom it lets in.</summary>
    private IngressVerdict Admit(byte[] message, SipFlow from)
    {
        IngressVerdict verdict;
        // Connections are read on many threads, and the ingress filter remembers whom it refused.
        lock (_gate) verdict = filter.Judge(message, from, EngineClock.At(clock));
        if (verdict.Reply is { } reply) transports.TrySend(reply, sender: null);
        if (IngressFilter.IsInvite(message)) NoteCall(message, from, verdict);
        else if (verdict.Refused is { } refused) refusedRegisters.Note(refused.Name, from.Remote.Address, refused.Why);
        if (verdict.Shard is not null)
        {
            callTrace?.Received(message, from);
            return verdict;
        }
        if (verdict.Reason == IngressFilter.Mapped) return verdict;
        var reason = new KeyValuePair<string, object?>("reason", verdict.Reason);
        if (verdict.Reply is null) Metrics.Dropped.Add(1, reason);
        else Metrics.Refused.Add(1, reason);
        logger.Dropped(message.Length, from.Transport, from.Remote, verdict.Reason);
        return verdict;
    }

    private void NoteFault(int bytes, IPEndPoint source, Exception fault)
    {
        Metrics.Dropped.Add(1, new KeyValuePair<string, object?>("reason", "fault"));
        logger.DatagramFailed(bytes, source, fault);
    }

    /// <summary>A challenge refuses nobody, unless it answers credentials that were wrong.</summary>
    private void NoteCall(ReadOnlySpan<byte> invite, SipFlow from, in IngressVerdict verdict)
    {
        if (verdict.Shard is null && (verdict.Refused is not null || verdict.Reason != IngressFilter.Challenged))
            refusedCalls.Note(invite, from, verdict.Status, verdict.Refused?.Why ?? verdict.Reason);
    }

    private bool TryPost(byte[] message, SipFlow from, int shard, in IngressVerdict verdict)
    {
        var mailbox = mailboxes[shard];
        var received = new ShardMessage.Received(message, from) { Caller = verdict.Caller };
        if (mailbox.TryPost(received, Limits.MailboxMessagesForNewWork)) return true;
        // Only now is it worth a closer look.
        int room = filter.RoomFor(message);
        return room > Limits.MailboxMessagesForNewWork && mailbox.TryPost(received, room);
    }

    private void RefuseBusy(byte[] request, SipFlow from)
    {
        Metrics.Dropped.Add(1, new KeyValuePair<string, object?>("reason", "overload"));
        if (IngressFilter.IsInvite(request)) refusedCalls.Note(request, from, 503, "overloaded");
        TransactionOutput.Transmit? busy;
        lock (_gate) busy = filter.Overloaded(request, from);
        if (busy is not null) transports.TrySend(busy, sender: null);
    }
}
