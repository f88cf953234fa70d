using System.Net;
using System.Text;
using Ringwright.Core;
using Ringwright.Sip.Sdp;
using Ringwright.Testing;

namespace Ringwright.Pure.Sip.Sdp;

/// <summary>
/// Texts of other stacks, mutated by lines, words and bytes. Nothing throws, and what was read and written once stays as it is.
/// </summary>
public sealed class SdpFuzzTests
{
    private const int MutantsPerSeed = 50;

    private static readonly string[] Lines =
    [
        "c=IN IP4 0.0.0.0", "c=IN IP6 ::", "c=IN IP4 192.0.2.1/127", "m=audio 0 RTP/AVP 0", "m=audio 4000 RTP/AVP 0 8 101",
        "m=video 4002 RTP/AVP 96", "m=audio 65535 RTP/AVP 0", "a=sendonly", "a=inactive", "a=recvonly", "a=rtcp-mux", "a=rtcp:1",
        "a=rtcp:99999999999", "a=rtpmap:0 PCMA/8000",
        "a=rtpmap:101 telephone-event/8000", "a=rtpmap:", "a=rtpmap:101", "a=rtpmap:101 /", "a=rtpmap:-1 x/y/z", "a=ptime:-20",
        "a=ptime:40", "a=maxptime:0", "a=fmtp:101", "a", "=", "a=", "v=0", "o=- 1 1 IN IP4 192.0.2.1", "s=", "t=", "b=AS:", "k=clear:x",
        "o=a b c 1 2 IN IP4 x", "o=", "c=IN IP4 host.example.com", "c=IN IP6 2001:db8:::192.0.2.1", "m=audio 4000 RTP/AVPF 0",
        "m=audio 4000 RTP/SAVPF 0", "m=image 0 udptl", "a=crypto:1 AES_CM_128_HMAC_SHA1_80 inline:x", "a=crypto", " a=x", "z=",
        "r=1 2 3", "m=", "m=audio", "\t", "a= :",
    ];

    [Theory, Seeds(100)]
    public void A_mutated_description_never_throws_and_is_a_fixed_point(ulong seed)
    {
        var rng = new Rng(seed);
        for (int i = 0; i < MutantsPerSeed; i++)
        {
            byte[] mutant = Mutate(SdpTexts.All[rng.Next(SdpTexts.All.Count)], rng);
            var status = SdpParser.Parse(mutant, out var sdp);
            Assert.NotEqual(SdpStatus.Unset, status);
            Assert.Equal(status is SdpStatus.Ok, sdp is not null);
            if (sdp is null) continue;

            byte[] once = SdpWriter.Write(sdp);
            if (once.Length > SdpLimits.Bytes) continue;        // line ends may have grown it
            Assert.Equal(SdpStatus.Ok, SdpParser.Parse(once, out var again));
            Assert.Equal(Encoding.Latin1.GetString(once), Encoding.Latin1.GetString(SdpWriter.Write(again!)));  // Ok has a result
        }
    }

    [Theory, Seeds(100)]
    public void A_dialog_of_mutated_descriptions_keeps_its_promises(ulong seed)
    {
        var rng = new Rng(seed);
        var leg = new OfferAnswer(new LocalMedia { Address = new(IPAddress.Parse("192.0.2.1"), 16_384) }, seed);
        long version = 0;
        for (int i = 0; i < MutantsPerSeed; i++)
        {
            var (state, generation) = (leg.State, leg.Generation);
            byte[] mutant = Mutate(SdpTexts.All[rng.Next(SdpTexts.All.Count)], rng);
            switch (rng.Next(4))
            {
                case 0 when state is OfferAnswerState.Idle or OfferAnswerState.Stable:
                    CheckOwn(leg.CreateOffer().Span);
                    break;
                case 1:
                    if (leg.HandleOffer(mutant) is not NegotiationStatus.Ok) Assert.Equal((state, generation), (leg.State, leg.Generation));
                    else CheckOwn(leg.CreateAnswer().Span, offered: mutant);
                    break;
                case 2:
                    if (leg.HandleAnswer(mutant) is not NegotiationStatus.Ok)
                        Assert.Equal((state, generation), (leg.State, leg.Generation));
                    break;
                default:
                    leg.Abandon();
                    break;
            }
            Assert.InRange(leg.Generation, generation, generation + 1);
            Assert.Equal(leg.Generation, leg.Plan?.Generation ?? 0);
            if (leg.Plan is { } plan)
            {
                Assert.Contains(plan.Codec.Name, SdpCodecs.DefaultOrder);
                Assert.InRange(plan.Remote.Default.Address.Port, 1, 65_535);
                Assert.True(plan.PacketMilliseconds is 10 or 20 or 40 or 60);
            }
        }

        void CheckOwn(ReadOnlySpan<byte> body, byte[]? offered = null)
        {
            if (body.Length > SdpLimits.Bytes) return;          // the peer's rejected lines, said back
            Assert.Equal(SdpStatus.Ok, SdpParser.Parse(body, out var own));
            long now = long.Parse(own!.Origin.Version, System.Globalization.CultureInfo.InvariantCulture);   // Ok has a result
            Assert.InRange(now, version, version + 1);
            version = now;
            // Within a call an offer may switch all off, which is a hold.
            SdpParser.Parse(offered ?? [], out var offer);
            bool isOff = offer is { Media.Count: > 0 } && offer.Media.All(m => m.Port == 0);
            Assert.Equal(isOff ? 0 : 1, own.Media.Count(m => m.Port != 0));
        }
    }

    private static byte[] Mutate(string text, Rng rng)
    {
        var lines = text.Split('\n').ToList();
        for (int times = 1 + rng.Next(4); times > 0; times--)
        {
            int at = rng.Next(lines.Count);
            switch (rng.Next(7))
            {
                case 0: lines.RemoveAt(at); break;
                case 1: lines.Insert(at, lines[rng.Next(lines.Count)]); break;
                case 2: lines.Insert(at, Lines[rng.Next(Lines.Length)]); break;
                case 3: (lines[at], lines[^1]) = (lines[^1], lines[at]); break;
                case 4:
                    string[] words = lines[at].Split(' ');
                    words[rng.Next(words.Length)] = rng.Next(4) switch { 0 => "", 1 => "0", 2 => "99999999999999999999", _ => "\u00ff" };
                    lines[at] = string.Join(' ', words);
                    break;
                case 5: lines[at] = string.Concat(Enumerable.Repeat(lines[at], 1 + rng.Next(40))); break;
                default: lines[at] = lines[at][..rng.Next(lines[at].Length + 1)]; break;
            }
            if (lines.Count == 0) lines.Add("");
        }
        byte[] bytes = Encoding.Latin1.GetBytes(string.Join(rng.Chance(0.9) ? "\r\n" : "\n", lines));
        for (int flips = rng.Chance(0.3) ? 1 + rng.Next(5) : 0; flips > 0 && bytes.Length > 0; flips--)
            bytes[rng.Next(bytes.Length)] = (byte)rng.Next(256);
        return bytes;
    }
}
