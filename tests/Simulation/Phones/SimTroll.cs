using System.Net;
using Ringwright.Core;
using Ringwright.Sip;
using Ringwright.Sip.Messages;

namespace Ringwright.Simulation;

/// <summary>
/// A far end that answers whatever it is asked with nonsense, for ever, and repetitions with the same. It counts what it is asked.
/// </summary>
internal sealed class SimTroll(SimWorld world, IPAddress address, Rng rng)
{
    private const string Description = "v=0\r\no=- 1 1 IN IP4 10.2.0.1\r\ns=-\r\nc=IN IP4 10.2.0.1\r\nt=0 0\r\nm=audio 40000 RTP/AVP 0\r\n";

    private readonly IPEndPoint _address = new(address, 5060);
    private readonly Dictionary<string, List<byte[]>> _answers = [];
    private readonly Dictionary<SipMethod, int> _asked = [];
    private int _said;

    /// <summary>Never answers 200 to an INVITE.</summary>
    public bool IsStubborn { get; set; }

    /// <summary>Requests without repetitions and ACKs.</summary>
    public int Asked => _asked.Values.Sum();

    public int AskedFor(SipMethod method) => _asked.GetValueOrDefault(method);

    public void Receive(Parcel parcel)
    {
        SipParser.TryParse(parcel.Bytes.Span, out var message);
        if (message is not SipRequest request || request.Method is SipMethod.Ack) return;
        string key = $"{request.MethodName.AsText()} {request.TopVia.Branch.AsText()}";
        if (!_answers.TryGetValue(key, out var answers))
        {
            _asked[request.Method] = AskedFor(request.Method) + 1;
            _answers.Add(key, answers = [.. Answers(request).Select(answer => answer.BuildBytes())]);
        }
        foreach (byte[] answer in answers) world.Net.Handle(new(_address, parcel.From, answer, IsMedia: false), world.Now);
    }

    private IEnumerable<SipResponseBuilder> Answers(SipRequest request)
    {
        _said++;
        if (request.IsOutsideDialog && rng.Chance(0.8)) request.LocalTag = $"troll{rng.Next(3)}";
        bool isInvite = request.Method is SipMethod.Invite;
        switch (rng.Next(isInvite && !IsStubborn ? 12 : 9))
        {
            case 0:
                yield return new SipResponseBuilder(request, 401)
                    .Add(SipHeader.WwwAuthenticate, $"Digest realm=\"t\", nonce=\"n{_said}\", stale=true");
                break;
            case 1:
                yield return new SipResponseBuilder(request, 407)
                    .Add(SipHeader.ProxyAuthenticate, $"Digest realm=\"t{_said}\", nonce=\"n\", qop=\"auth\"");
                break;
            case 2:
                yield return new SipResponseBuilder(request, 422).Add(SipHeader.MinSE, $"{1_800 + 10 * _said}");
                break;
            case 3:
                yield return new SipResponseBuilder(request, 491);
                break;
            case 4:
                yield return new SipResponseBuilder(request, rng.Chance(0.5) ? 500 : 503).Add(SipHeader.RetryAfter, "0");
                break;
            case 5:
                yield return new SipResponseBuilder(request, 302).Add(SipHeader.Contact, $"<sip:next{_said}@{_address}>");
                break;
            case 6:
                yield return new SipResponseBuilder(request, 423).Add(SipHeader.MinExpires, $"{10_000 * _said}");
                break;
            case 7:
                yield return new SipResponseBuilder(request, ((int[])[405, 415, 420, 480, 488, 501, 600])[rng.Next(7)]);
                break;
            case 8:
                for (int i = 1; isInvite && i < 100; i++)
                    yield return Described(request, 183).Add(SipHeader.Require, "100rel").Add(SipHeader.RSeq, $"{i}");
                yield return new SipResponseBuilder(request, 500).Add(SipHeader.RetryAfter, "1");
                break;
            default:
                for (int i = 0; i < (rng.Chance(0.3) ? 50 : 1); i++)
                {
                    request.LocalTag = request.IsOutsideDialog && rng.Chance(0.7) ? $"answer{i}" : "";
                    yield return Described(request, 200).Add(SipHeader.SessionExpires, $"{rng.Next(100)};refresher=uac")
                        .Add(SipHeader.Allow, rng.Chance(0.5) ? "INVITE, UPDATE" : "INVITE");
                }
                break;
        }
    }

    private SipResponseBuilder Described(SipRequest request, int status) =>
        new SipResponseBuilder(request, status).Add(SipHeader.Contact, $"<sip:troll@{_address}>")
            .Body("application/sdp", System.Text.Encoding.ASCII.GetBytes(rng.Chance(0.8) ? Description : "nonsense"));
}
