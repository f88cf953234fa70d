using System.Globalization;
using System.Net;
using Ringwright.Core;
using Ringwright.Sip.Sdp;

namespace Ringwright.Pure.Sip.Sdp;

/// <summary>Legs in the middle of an offer and its answer.</summary>
internal static class Negotiations
{
    public static readonly LocalMedia Local = new() { Address = new(IPAddress.Parse("192.0.2.1"), 16_384) };

    public static OfferAnswer Offered(LocalMedia? local = null)
    {
        var leg = new OfferAnswer(local ?? Local, 400);
        leg.CreateOffer();
        return leg;
    }

    public static (OfferAnswer Leg, string Answer) Answered(string offer, LocalMedia? local = null)
    {
        var leg = new OfferAnswer(local ?? Local, 400);
        return (leg, Reanswer(leg, offer));
    }

    public static string Reanswer(OfferAnswer leg, string offer)
    {
        Assert.Equal(NegotiationStatus.Ok, leg.HandleOffer(SdpTexts.Wire(offer)));
        Assert.Equal(OfferAnswerState.OfferReceived, leg.State);
        return SdpTexts.Text(leg.CreateAnswer());
    }

    public static int Version(string sdp) => int.Parse(sdp.Split('\n')[1].Split(' ')[2], CultureInfo.InvariantCulture);

    public static string Name(StreamDirection direction) => direction switch
    {
        StreamDirection.SendOnly => "sendonly",
        StreamDirection.ReceiveOnly => "recvonly",
        StreamDirection.Inactive => "inactive",
        _ => "sendrecv",
    };

    public static IPEndPoint Endpoint(string text) => IPEndPoint.Parse(text);
}
