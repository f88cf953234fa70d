using System.Net;
using Ringwright.Core;
using Ringwright.Sip;
using Ringwright.Sip.Auth;
using Ringwright.Sip.Messages;
using Ringwright.Sip.Registrar;
using Ringwright.Sip.Transactions;

namespace Ringwright.Simulation;

/// <summary>
/// A carrier's registrar: asks for digest credentials and keeps bindings. Repeated requests get the answer that they had.
/// </summary>
internal sealed class SimRegistrar(SimWorld world, IPAddress address, string user, string password, byte[] key)
{
    private readonly IPEndPoint _address = new(address, 5060);
    private readonly DigestServer _digest = new("carrier.example", new(78, 1, key));
    private readonly RegisterServer _server = new();
    private readonly Dictionary<string, byte[]> _answers = [];
    private readonly List<BindingChange> _changes = [];

    /// <summary>Of the node, while it has not expired.</summary>
    public ContactBinding? Binding
    {
        get
        {
            _server.HandleDue(world.Now, _changes);
            return _server.Find(user).SingleOrDefault();
        }
    }

    /// <summary>Times that the node was registered anew or again.</summary>
    public int Registered => _changes.Count(change => change.Fate is BindingFate.Registered);
    /// <summary>Times that a binding came to its end without a refresh.</summary>
    public int Expired => _changes.Count(change => change.Fate is BindingFate.Expired);
    public int Challenges { get; private set; }

    public void Receive(Parcel parcel)
    {
        SipParser.TryParse(parcel.Bytes.Span, out var message);
        if (message is not SipRequest { Method: SipMethod.Register } request)
            throw new SimulationException($"a registrar gets {MessageLog.FirstLine(parcel.Bytes)}");
        string branch = request.TopVia.Branch.AsText();
        if (!_answers.TryGetValue(branch, out var answer)) _answers.Add(branch, answer = Answer(request, parcel.From).BuildBytes());
        world.Net.Handle(new(_address, parcel.From, answer, IsMedia: false), world.Now);
    }

    private SipResponseBuilder Answer(SipRequest request, IPEndPoint from)
    {
        _server.HandleDue(world.Now, _changes);
        var verdict = _digest.Check(request, from.Address, name => name == user ? password : null, world.Now, out _);
        if (verdict is DigestVerdict.Right) return _server.Handle(request, user, SipFlow.Udp(from), world.Now, _changes);
        if (verdict is DigestVerdict.Wrong) throw new SimulationException("the node's credentials are wrong");
        Challenges++;
        var response = new SipResponseBuilder(request, 401);
        foreach (string challenge in _digest.Challenges(from.Address, world.Now, verdict is DigestVerdict.Stale or DigestVerdict.Foreign))
            response.Add(SipHeader.WwwAuthenticate, challenge);
        return response;
    }
}
