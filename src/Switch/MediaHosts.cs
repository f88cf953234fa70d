using System.Net;
using System.Net.Sockets;
using Ringwright.Core;
using Ringwright.Sip.Messages;
using Ringwright.Sip.Sdp;
using Ringwright.Sip.Transactions;
using Ringwright.Switch.Routing;

namespace Ringwright.Switch;

/// <summary>
/// Hosts that session descriptions name in place of addresses (RFC 8866 section 5.7), and the messages that wait until they are looked up
/// elsewhere. A message with such a name is not heard before that, and what follows it in its call waits behind it; so whoever negotiates
/// finds an address, or knows that there is none. What the address may be used for is judged as if it had stood there.
/// </summary>
internal sealed class MediaHosts
{
    private static readonly TimeSpan Life = TimeSpan.FromSeconds(30), FailureLife = TimeSpan.FromSeconds(5);

    private readonly ShardContext _shard;
    private readonly Dictionary<string, (IReadOnlyList<IPAddress> Addresses, Instant Until)> _known = new(StringComparer.OrdinalIgnoreCase);
    private readonly HashSet<string> _asked = new(StringComparer.OrdinalIgnoreCase);
    private readonly Dictionary<string, Held> _held = [];

    public MediaHosts(ShardContext shard)
    {
        _shard = shard;
        Find = (name, family) =>
            _known.TryGetValue(name, out var known) ? known.Addresses.FirstOrDefault(a => a.AddressFamily == family) : null;
    }

    /// <summary>The address of a host that was looked up, in a family; null when there is none.</summary>
    public Func<string, AddressFamily, IPAddress?> Find { get; }

    /// <summary>Calls whose messages wait.</summary>
    public int Count => _held.Count;

    /// <summary>True when that is heard later.</summary>
    /// <param name="caller">Who sent it, as the ingress filter knows.</param>
    public bool Holds(TransactionOutput output, SipCaller? caller)
    {
        SipMessage? message = output is TransactionOutput.RequestReceived { From.IsInside: false } asked ? asked.Request
            : output is TransactionOutput.ResponseReceived { From.IsInside: false } answered ? answered.Response
            : output is TransactionOutput.AckReceived acknowledged ? acknowledged.Request : null;
        if (message is null || message.Body.IsEmpty && _held.Count == 0) return false;
        if (_held.Count > 0 && _held.TryGetValue(KeyOf(message), out var before))
        {
            if (before.Messages.Count < Limits.MessagesBehindAName) before.Messages.Enqueue((output, caller));
            else if (output is TransactionOutput.RequestReceived received) OutOfDialog.RefuseBusy(_shard, received);
            return true;        // an answer or an ACK that is one too many comes again
        }
        var names = SdpHostNames.Of(SessionBody.Of(message));
        if (names.Count == 0 || _held.Count >= Limits.CallsBehindNames) return false;
        HashSet<string> unknown = new(StringComparer.OrdinalIgnoreCase);
        foreach (string name in names)
            if (!_known.TryGetValue(name, out var known) || known.Until <= _shard.Now) unknown.Add(name);
        if (unknown.Count == 0) return false;
        var held = new Held(unknown);
        held.Messages.Enqueue((output, caller));
        _held.Add(KeyOf(message), held);
        foreach (string name in unknown)
            if (_asked.Add(name)) _shard.Emit(new Effect.FindHost(name));
        return true;
    }

    /// <summary>A look-up is over: what may be heard now, in the order in which it came.</summary>
    public List<(TransactionOutput Output, SipCaller? Caller)> Take(ShardMessage.HostFound found)
    {
        _asked.Remove(found.Name);
        if (_known.Count >= Limits.KnownHosts) _known.Clear();
        _known[found.Name] = (found.Addresses, _shard.Now + (found.Addresses.Count == 0 ? FailureLife : Life));
        List<(TransactionOutput, SipCaller?)> free = [];
        foreach (var (call, held) in _held.ToArray())
        {
            if (!held.Unknown.Remove(found.Name) || held.Unknown.Count > 0) continue;
            _held.Remove(call);
            free.AddRange(held.Messages);
        }
        return free;
    }

    /// <summary>
    /// Our tag, which nobody guesses; before there is one the Call-ID with the caller's. By a Call-ID alone, which whoever is on the way
    /// knows and a call that comes by here twice has twice, one call would wait for another's name.
    /// </summary>
    private static string KeyOf(SipMessage message)
    {
        string ours = (message is SipResponse ? message.From : message.To).Tag.AsText();
        return ours.Length > 0 ? ours : $"{message.CallId.AsText()} {message.From.Tag.AsText()}";
    }

    /// <summary>The messages of one call.</summary>
    private sealed class Held(HashSet<string> unknown)
    {
        public HashSet<string> Unknown { get; } = unknown;
        public Queue<(TransactionOutput Output, SipCaller? Caller)> Messages { get; } = [];
    }
}
