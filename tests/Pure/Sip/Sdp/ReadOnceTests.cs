using System.Net;
using System.Runtime.CompilerServices;
using Ringwright.Core;
using Ringwright.Sip.Sdp;
using static Ringwright.Pure.Sip.Sdp.Negotiations;

namespace Ringwright.Pure.Sip.Sdp;

/// <summary>What an offer was read to be when it came is not what it is answered by, where something has changed since.</summary>
public sealed class ReadOnceTests
{
    [Fact]
    public void An_answer_names_the_port_that_is_ours_by_then()
    {
        var leg = Received(SdpTexts.Asterisk);
        leg.Move(Endpoint("192.0.2.2:20000"));
        leg.Wanted = StreamDirection.SendOnly;

        string answer = SdpTexts.Text(leg.CreateAnswer());

        Assert.Contains("c=IN IP4 192.0.2.2\n", answer, StringComparison.Ordinal);
        Assert.Contains("m=audio 20000 ", answer, StringComparison.Ordinal);
        Assert.Contains("a=sendonly", answer, StringComparison.Ordinal);
        Assert.Equal(Endpoint("192.0.2.10:14286"), leg.Plan?.Remote.Default.Address);
    }

    [Fact]
    public void A_host_is_where_it_is_found_when_the_answer_is_written()
    {
        var found = IPAddress.Parse("192.0.2.77");
        var leg = new OfferAnswer(Local with { FindHost = (_, _) => found }, 400);
        string offer = SdpTexts.Asterisk.Replace("c=IN IP4 192.0.2.10", "c=IN IP4 gateway.example.com", StringComparison.Ordinal);
        Assert.Equal(NegotiationStatus.Ok, leg.HandleOffer(SdpTexts.Wire(offer)));
        found = IPAddress.Parse("192.0.2.78");

        leg.CreateAnswer();

        Assert.Equal(Endpoint("192.0.2.78:14286"), leg.Plan?.Remote.Default.Address);
    }

    [Fact]
    public void An_offer_that_was_given_up_leaves_nothing_to_the_next_one()
    {
        var leg = Received(SdpTexts.Asterisk);
        leg.CreateAnswer();
        Assert.Equal(NegotiationStatus.Ok, leg.HandleOffer(SdpTexts.Wire(SdpTexts.Cisco)));
        leg.Abandon();
        Assert.Equal(Endpoint("192.0.2.10:14286"), leg.Plan?.Remote.Default.Address);

        // One that cannot be taken is answered by nothing, and the call goes on as it was.
        Assert.Equal(NegotiationStatus.NoAudio, leg.HandleOffer(SdpTexts.Wire(SdpTexts.Fax)));
        Assert.Equal(OfferAnswerState.Stable, leg.State);
        string held = SdpTexts.Asterisk.Replace("a=sendrecv", "a=sendonly", StringComparison.Ordinal)
            .Replace("14286", "14300", StringComparison.Ordinal);
        Assert.Contains("a=recvonly", Reanswer(leg, held), StringComparison.Ordinal);
        Assert.True(leg.IsHeldByPeer);
        Assert.Equal(Endpoint("192.0.2.10:14300"), leg.Plan?.Remote.Default.Address);
    }

    [Fact]
    public void An_offer_is_let_go_when_it_is_answered_or_given_up_and_its_author_is_known_still()
    {
        var leg = new OfferAnswer(Local, 400);
        var answered = Take(leg, SdpTexts.Asterisk);
        leg.CreateAnswer();
        var abandoned = Take(leg, SdpTexts.Cisco);
        var author = leg.RemoteOrigin;
        leg.Abandon();
        GC.Collect(GC.MaxGeneration);
        Assert.Equal((false, false), (answered.IsAlive, abandoned.IsAlive));
        Assert.NotNull(author);
        Assert.Equal(author, leg.RemoteOrigin);
    }

    // Of its own, so that nothing of it is held by whoever asks.
    [MethodImpl(MethodImplOptions.NoInlining)]
    private static WeakReference Take(OfferAnswer leg, string text)
    {
        var read = SdpParser.Parse(SdpTexts.Wire(text), out var offer);
        Assert.Equal(NegotiationStatus.Ok, leg.HandleOffer(read, offer));
        return new(offer);
    }

    private static OfferAnswer Received(string offer)
    {
        var leg = new OfferAnswer(Local, 400);
        Assert.Equal(NegotiationStatus.Ok, leg.HandleOffer(SdpTexts.Wire(offer)));
        return leg;
    }
}
