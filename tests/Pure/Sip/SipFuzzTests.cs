using Ringwright.Core;
using Ringwright.Pure.Sip.Torture;
using Ringwright.Sip;
using Ringwright.Sip.Auth;
using Ringwright.Sip.Dialogs;
using Ringwright.Sip.Headers;
using Ringwright.Sip.Messages;
using Ringwright.Sip.Transactions;
using Ringwright.Testing;

namespace Ringwright.Pure.Sip;

/// <summary>Nothing throws whatever comes; what reads keeps its normal form; memory is bounded by what came.</summary>
public sealed class SipFuzzTests
{
    private const int MutantsPerSeed = 100;

    private static readonly byte[][] Corpus =
    [
        .. TortureTests.Cases.Select(one => Wire.Bytes(one.Text)),
        .. Samples.All.Select(Wire.Bytes),
    ];

    [Theory, Seeds(100)]
    public void Mutants_never_throw_and_keep_their_normal_form(ulong seed)
    {
        var mutator = new Mutator(new(seed), Corpus);
        for (int i = 0; i < MutantsPerSeed; i++)
        {
            byte[] datagram = mutator.Next();
            var status = SipParser.TryParse(datagram, out var message);
            if (message is not null) Look(message);
            if (status is ParseStatus.Ok) FixedPoint.Check(message!); // Ok brings a message
            else Assert.False(message is SipResponse);
        }
    }

    [Theory, Seeds(50)]
    public void A_layer_and_its_dialogs_survive_mutants_and_fall_quiet(ulong seed)
    {
        var mutator = new Mutator(new(seed), Corpus);
        var rng = new Rng(seed);
        var layer = Wire.Layer(seed);
        var agent = new UserAgentPolicy();
        var now = new Instant(0);
        var invites = new List<IncomingInvite>();
        var outgoing = new OutgoingInvite(layer, Samples.OutgoingInvite(), Wire.Peer, now);
        for (int i = 0; i < MutantsPerSeed; i++)
        {
            layer.Handle(mutator.Next(), Wire.Peer, now);
            now += TimeSpan.FromMilliseconds(rng.Next(500));
            layer.HandleDue(now);
            while (layer.TryPoll(out var output))
            {
                if (output is TransactionOutput.RequestReceived received)
                {
                    if (agent.Check(received.Request) is { } refusal) layer.Respond(received.Transaction, refusal.Build(), now);
                    else if (received.Request.Method is SipMethod.Invite
                        && IncomingInvite.Of(layer, received, "<sip:192.0.2.1>") is { } invite)
                    {
                        invites.Add(invite);
                        invite.Send(invite.Response(rng.Chance(0.5) ? 200 : 486).Build(), now);
                    }
                    else layer.Respond(received.Transaction, 400, now);
                }
                else if (output is TransactionOutput.ResponseReceived answer && answer.Transaction == outgoing.Transaction)
                    outgoing.Handle(answer.Response, answer.From, now);
                else if (output is TransactionOutput.AckReceived ack) invites.ForEach(invite => invite.HandleAck(ack.Request));
            }
        }
        while (layer.NextDue != Instant.Never)
        {
            now = Instant.Max(now, layer.NextDue);
            layer.HandleDue(now);
        }
        Assert.Equal(0, layer.Count);
    }

    [Theory, Seeds(20)]
    public void Reading_allocates_in_proportion_to_what_came(ulong seed)
    {
        var mutator = new Mutator(new(seed), Corpus);
        for (int i = 0; i < MutantsPerSeed; i++)
        {
            byte[] datagram = mutator.Next();
            long allocated = Allocations.Of(() => SipParser.TryParse(datagram, out _));
            // The copy, and at most 40 bytes of table for each line, doubled while it grows; never more than the limits allow.
            Assert.InRange(allocated, 0, datagram.Length + 4 * 20 * Limits.HeaderLines + 4_096);
        }
    }

    [Theory, Seeds(20)]
    public void Noise_never_throws(ulong seed)
    {
        var rng = new Rng(seed);
        byte[] noise = new byte[2_000];
        for (int i = 0; i < 50; i++)
        {
            rng.Fill(noise);
            Assert.NotEqual(ParseStatus.Ok, SipParser.TryParse(noise.AsSpan(0, rng.Next(noise.Length)), out _));
            ShardHint.Find(noise, 1, Wire.Node.TokenKey.Span, 3);
        }
    }

    /// <summary>Touches every view, as the code above will.</summary>
    private static void Look(SipMessage message)
    {
        ShardHint.Find(message.Bytes.Span, 1, Wire.Node.TokenKey.Span, 3);
        foreach (var line in message.Lines)
        {
            _ = line.Value.AsText();
            foreach (var value in message.Values(line.Id))
            {
                if (NameAddress.TryParse(value, out var address) is ParseStatus.Ok)
                {
                    _ = address.DisplayText;
                    var uri = address.ParseUri();
                    _ = uri.UserText + uri.HostText;
                    _ = uri.TryGetEndPoint(out _);
                    Assert.True(uri.IsSameAs(uri));
                }
                _ = Via.TryParse(value, out var via) is ParseStatus.Ok && via.HasRport && via.Rport > 0;
                _ = Reason.TryParse(value, out var reason) is ParseStatus.Ok ? reason.Text : null;
                _ = ContentType.TryParse(value, out _);
                _ = SessionExpires.TryParse(value, out _);
                _ = RetryAfter.TryParse(value, out _);
                _ = DigestChallenge.TryParse(value, out _);
            }
        }
        _ = message.TopVia.Branch.AsText() + message.From.DisplayText + message.To.Tag.AsText();
        if (message is SipRequest request)
        {
            _ = request.MaxForwards;
            _ = Dialog.OfRequest(request, "<sip:192.0.2.1>")?.CreateRequest(SipMethod.Bye).TryBuild(out _);
        }
    }
}
