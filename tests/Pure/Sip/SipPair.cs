using System.Net;
using System.Text;
using Ringwright.Core;
using Ringwright.Sip.Messages;
using Ringwright.Sip.Transactions;

namespace Ringwright.Pure.Sip;

/// <summary>Two user agents on one wire with one clock. What is sent arrives 10 ms later, or never; everything is written down.</summary>
internal sealed class SipPair
{
    private static readonly TimeSpan Delay = TimeSpan.FromMilliseconds(10);
    private readonly List<(Instant At, End To, byte[] Bytes)> _flying = [];
    private readonly StringBuilder _transcript = new();

    public SipPair()
    {
        Caller = new("caller", IPEndPoint.Parse("192.0.2.1:5060"), seed: 1);
        Callee = new("callee", IPEndPoint.Parse("192.0.2.2:5060"), seed: 2);
    }

    public End Caller { get; }
    public End Callee { get; }
    public Instant Now { get; private set; } = new(0);
    public string Transcript => _transcript.ToString();

    /// <summary>Says true for a message that gets lost.</summary>
    public Func<SipMessage, bool> Loses { get; set; } = _ => false;

    /// <summary>Runs until nothing is left to happen before <paramref name="seconds"/>.</summary>
    public void RunUntil(double seconds)
    {
        var until = new Instant((long)(seconds * 1e9));
        while (true)
        {
            Flush(Caller, Callee);
            Flush(Callee, Caller);
            var next = Instant.Min(Instant.Min(Caller.NextDue, Callee.NextDue),
                _flying.Count == 0 ? Instant.Never : _flying.Min(one => one.At));
            if (next > until) break;
            Now = next;
            foreach (var one in _flying.Where(one => one.At <= Now).ToList())
            {
                _flying.Remove(one);
                one.To.Layer.Handle(one.Bytes, SipFlow.Udp((one.To == Caller ? Callee : Caller).Address), Now);
            }
            Caller.Layer.HandleDue(Now);
            Callee.Layer.HandleDue(Now);
            Caller.Due(Now);
            Callee.Due(Now);
        }
        Now = until;
    }

    private void Flush(End from, End to)
    {
        while (from.Layer.TryPoll(out var output))
        {
            if (output is not TransactionOutput.Transmit sent)
            {
                from.Told(output, Now);
                continue;
            }
            Assert.Equal(Ringwright.Sip.ParseStatus.Ok, SipParser.TryParse(sent.Bytes.Span, out var message));
            bool isLost = Loses(message!); // Ok brings a message
            _transcript.Append(
                FormattableString.Invariant($"--- {Now.Nanos / 1e9:0.000} {from.Name} → {to.Name}{(isLost ? " (lost)" : "")}\r\n"))
                .Append(Encoding.UTF8.GetString(sent.Bytes.Span));
            if (!isLost) _flying.Add((Now + Delay, to, sent.Bytes.ToArray()));
        }
    }

    internal sealed class End(string name, IPEndPoint address, ulong seed)
    {
        public string Name { get; } = name;
        public IPEndPoint Address { get; } = address;
        public TransactionLayer Layer { get; } = Wire.Layer(seed, address.ToString());
        public List<TransactionOutput> Heard { get; } = [];
        public Action<TransactionOutput, Instant> Told { get; set; } = (_, _) => { };
        public Func<Instant> Waits { get; set; } = () => Instant.Never;
        public Action<Instant> Due { get; set; } = _ => { };
        public Instant NextDue => Instant.Min(Layer.NextDue, Waits());
    }
}
