using System.Net;
using System.Text;
using Microsoft.Extensions.Logging;
using Ringwright.Calls;
using Ringwright.Core;
using Ringwright.Sip;
using Ringwright.Sip.Messages;
using Ringwright.Sip.Transactions;

namespace Ringwright.Net;

/// <summary>
/// Remembers calls that came in and were refused, so that an operator sees them: the newest twenty of each of the two hundred addresses
/// that called last. Whoever floods takes nobody else's place, costs one line of the log a minute, and little time. Safe from any thread.
/// </summary>
internal sealed class RefusedCallBook(ILogger logger, TimeProvider clock) : IRefusedCalls
{
    public const int MostSources = 200, MostOfSource = 20;
    private const int MostCharacters = 64, MostMessageBytes = 4_096, MostReasonsWithMessage = 8;
    /// <summary>Calls of one address, and of all, that are read in a second; the rest is counted.</summary>
    private const int MostReadOfSource = 10, MostRead = 200;
    private static readonly TimeSpan Second = TimeSpan.FromSeconds(1);

    private readonly Lock _gate = new();
    private readonly Dictionary<IPAddress, Caller> _callers = [];
    private readonly LoggedTurns<(IPAddress, string)> _turns = new(clock);

    private long _second;
    private int _read;

    private sealed class Caller
    {
        public readonly Queue<RefusedCall> Calls = new();
        public readonly HashSet<string> Reasons = new(StringComparer.Ordinal);
        public long Last, Second, Uncounted;
        public int InSecond;
    }

    /// <param name="invite">As it came.</param>
    /// <param name="reason">In snake case.</param>
    public void Note(ReadOnlySpan<byte> invite, SipFlow from, int? status, string reason)
    {
        Metrics.CallsRefused.Add(1, new KeyValuePair<string, object?>("reason", reason));
        var source = from.Remote.Address.Plain();
        if (Add(invite, from, source, status, reason) is { } call && _turns.TryTell((source, reason), out long times))
            logger.CallRefused(E164.Mask(call.From), from.Remote, call.To, reason, status, times);
    }

    public IReadOnlyList<RefusedCall> List()
    {
        lock (_gate) return [.. _callers.Values.SelectMany(caller => caller.Calls).OrderByDescending(call => call.At)];
    }

    private RefusedCall? Add(ReadOnlySpan<byte> invite, SipFlow from, IPAddress source, int? status, string reason)
    {
        lock (_gate)
        {
            long now = clock.GetTimestamp();
            if (clock.GetElapsedTime(_second, now) >= Second) (_second, _read) = (now, 0);
            if (!_callers.ContainsKey(source) && _read >= MostRead) return null;
            if (!_callers.TryGetValue(source, out var caller))
            {
                if (_callers.Count >= MostSources) _callers.Remove(_callers.MinBy(known => known.Value.Last).Key);
                _callers[source] = caller = new() { Second = now };
            }
            caller.Last = now;
            if (clock.GetElapsedTime(caller.Second, now) >= Second) (caller.Second, caller.InSecond) = (now, 0);
            if (++caller.InSecond > MostReadOfSource || _read >= MostRead)
            {
                caller.Uncounted++;
                return null;
            }
            _read++;
            var (calling, called) = Parties(invite);
            bool isFirst = caller.Reasons.Count < MostReasonsWithMessage && caller.Reasons.Add(reason);
            var call = new RefusedCall(clock.GetUtcNow(), from.Remote, from.Transport, calling, called, status, reason,
                caller.Uncounted + 1)
            {
                Message = isFirst ? Shown(invite) : null,
            };
            caller.Uncounted = 0;
            if (caller.Calls.Count >= MostOfSource) caller.Calls.Dequeue();
            caller.Calls.Enqueue(call);
            return call;
        }
    }

    private static (string From, string To) Parties(ReadOnlySpan<byte> invite) =>
        SipParser.TryParse(invite, out var message) is ParseStatus.Ok && message is SipRequest request
            ? (StrangersWord.Of(request.From.ParseUri().UserText, MostCharacters),
                StrangersWord.Of(request.ParseRequestUri().UserText, MostCharacters)) : ("", "");

    private static string Shown(ReadOnlySpan<byte> invite)
    {
        byte[] shown = invite[..Math.Min(invite.Length, MostMessageBytes)].ToArray();
        WireMask.Hide(shown, showsDigits: true);
        return Encoding.UTF8.GetString(shown);
    }
}
