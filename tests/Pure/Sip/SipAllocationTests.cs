using System.Text;
using Ringwright.Core;
using Ringwright.Media.Rtp;
using Ringwright.Sip;
using Ringwright.Sip.Messages;
using Ringwright.Sip.Sdp;
using Ringwright.Sip.Transactions;
using Ringwright.Testing;

namespace Ringwright.Pure.Sip;

/// <summary>What a message and its transaction allocate.</summary>
[Collection(nameof(Counting))]
public sealed class SipAllocationTests
{
    private const int Rounds = 200;

    private static readonly byte[] Offer = Wire.Bytes("""
        INVITE sip:+4989456@192.0.2.1 SIP/2.0
        Via: SIP/2.0/UDP 192.0.2.7:5070;branch=z9hG4bK000000;rport
        Max-Forwards: 70
        From: "Alice" <sip:+4930123@192.0.2.7>;tag=a1
        To: <sip:+4989456@192.0.2.1>
        Call-ID: c1@192.0.2.7
        CSeq: 1 INVITE
        Contact: <sip:alice@192.0.2.7:5070>
        Content-Type: application/sdp
        Content-Length: {length}

        v=0
        o=- 1 1 IN IP4 192.0.2.7
        s=-
        c=IN IP4 192.0.2.7
        t=0 0
        m=audio 40000 RTP/AVP 8 0 101
        a=rtpmap:101 telephone-event/8000

        """);

    private readonly TransactionLayer _layer = Wire.Layer();
    private Instant _now = new(1_000_000_000);
    private int _branch;

    [Fact]
    public void A_message_is_read_within_its_budget()
    {
        Read();
        AllocationBudget.Holds("sip: request read", Rounds, Read);

        static void Read()
        {
            for (int i = 0; i < Rounds; i++)
                if (SipParser.TryParse(Offer, out _) is not ParseStatus.Ok) throw new InvalidOperationException();
        }
    }

    [Fact]
    public void A_request_is_answered_within_its_budget()
    {
        byte[] options = Encoding.ASCII.GetBytes(Encoding.ASCII.GetString(Offer).Replace("INVITE", "OPTIONS", StringComparison.Ordinal));
        Answer();
        AllocationBudget.Holds("sip: request answered by its transaction", Rounds, Answer);

        void Answer()
        {
            for (int i = 0; i < Rounds; i++) Handle(options, 200);
        }
    }

    [Fact]
    public void An_INVITE_is_refused_and_acknowledged_within_its_budget()
    {
        byte[] ack = Wire.Bytes(Wire.Like(Wire.Invite(branch: "z9hG4bK000000"), "ACK"));
        Refuse();
        AllocationBudget.Holds("sip: INVITE refused by its transaction", Rounds, Refuse);

        void Refuse()
        {
            for (int i = 0; i < Rounds; i++)
            {
                int branch = _branch;
                Handle(Offer, 486);
                Number(ack, branch);
                _layer.Handle(ack, Wire.Peer, _now);
                End();
            }
        }
    }

    [Fact]
    public void A_request_of_ours_gets_its_answer_within_its_budget()
    {
        var request = Samples.Request(SipMethod.Options).Build();
        // The branch is drawn anew each time, so the answer is patched: its place and length stay.
        _layer.SendRequest(request, Wire.Peer, _now);
        string sent = Encoding.ASCII.GetString(((TransactionOutput.Transmit)Outputs.Of(_layer)[0]).Bytes.Span);
        byte[] answer = Encoding.ASCII.GetBytes(sent.Replace(sent[..sent.IndexOf('\r')], "SIP/2.0 200 OK", StringComparison.Ordinal));
        int from = answer.AsSpan().IndexOf("branch="u8), length = answer.AsSpan(from).IndexOf(";rport"u8);
        End();
        Ask();
        AllocationBudget.Holds("sip: request sent and its answer heard", Rounds, Ask);

        void Ask()
        {
            for (int i = 0; i < Rounds; i++)
            {
                _layer.SendRequest(request, Wire.Peer, _now);
                _layer.TryPoll(out var output);
                var bytes = ((TransactionOutput.Transmit)output).Bytes.Span;
                bytes.Slice(bytes.IndexOf("branch="u8), length).CopyTo(answer.AsSpan(from));
                _layer.Handle(answer, Wire.Peer, _now);
                bool isAnswered = false;
                while (_layer.TryPoll(out output)) isAnswered |= output is TransactionOutput.ResponseReceived;
                if (!isAnswered) throw new InvalidOperationException();
                End();
            }
        }
    }

    [Fact]
    public void A_line_of_a_codec_is_read_within_its_budget()
    {
        Read();
        AllocationBudget.Holds("sdp: line of a codec read", 2 * Rounds, Read);

        static void Read()
        {
            for (int i = 0; i < Rounds; i++)
                if (RtpMap.Read("8 alaw/8000", 8, out _)?.Name != "PCMA" || RtpMap.Read("101 telephone-event/8000", 101, out _) is null)
                    throw new InvalidOperationException();
        }
    }

    [Fact]
    public void A_packet_is_written_and_read_within_its_budget()
    {
        byte[] packet = new byte[172];
        AllocationBudget.Holds("rtp: packet written and read", Rounds, () =>
        {
            for (ushort i = 0; i < Rounds; i++)
            {
                RtpPacket.WriteHeader(packet, false, 0, i, 160u * i, 7);
                if (RtpPacket.TryParse(packet, out var read) is not RtpStatus.Ok || read.Sequence != i)
                    throw new InvalidOperationException();
            }
        });
    }

    /// <summary>A request with a branch of its own, its final answer, and all its timers.</summary>
    private void Handle(byte[] request, int status)
    {
        Number(request, _branch++);
        _layer.Handle(request, Wire.Peer, _now);
        bool isOpen = false;
        while (_layer.TryPoll(out var output))
            if (output is TransactionOutput.RequestReceived received) isOpen = _layer.Respond(received.Transaction, status, _now);
        if (!isOpen) throw new InvalidOperationException();
        if (status == 200) End();
    }

    private void End()
    {
        _now += TimeSpan.FromSeconds(64);
        _layer.HandleDue(_now);
        while (_layer.TryPoll(out _)) { }
    }

    private static void Number(byte[] message, int branch)
    {
        int end = message.AsSpan().IndexOf(";rport"u8);
        for (int i = end - 1; i > end - 7; i--, branch /= 10) message[i] = (byte)('0' + branch % 10);
    }
}
