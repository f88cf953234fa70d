using System.Net;
using Ringwright.Core;
using Ringwright.Sip;
using Ringwright.Sip.Messages;
using Ringwright.Sip.Transactions;

namespace Ringwright.Simulation;

/// <summary>
/// A telephone with one line, made of our transactions, dialogs and offer/answer, and of RTP of its own. What it does when it is called is
/// set beforehand; what its user does are methods.
/// </summary>
internal sealed class SimPhone
{
    /// <summary>Without a packet for this long it thinks that the other side is gone.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);

    private readonly SimWorld _world;
    private readonly TransactionLayer _layer;
    private readonly List<PhoneCall> _calls = [];
    private readonly List<(string Start, int Times)> _dropped = [];
    private bool _hasVanished;

    /// <param name="password">Of a customer's phone, which registers with the node; null for a phone behind a trunk.</param>
    public SimPhone(SimWorld world, string number, IPAddress address, Rng rng, string? password = null)
    {
        (_world, Number, Rng, Password) = (world, number, rng, password);
        Address = new(address, 5060);
        byte[] key = new byte[32];
        rng.Fill(key);
        _layer = new(new() { Networks = [new(Address.ToString())] }, new(new(77, 1, key), 0, rng));
        if (password is null) return;
        Registration = new(world, this, _layer, password);
        Lamp = new(world, this, _layer, password);
    }

    /// <summary>A customer's phone has the name of its user here.</summary>
    public string Number { get; }
    public string? Password { get; }
    /// <summary>Null for a phone behind a trunk.</summary>
    public PhoneRegistration? Registration { get; }
    /// <inheritdoc cref="Registration"/>
    public PhoneLamp? Lamp { get; }
    public IPEndPoint Address { get; }
    public Rng Rng { get; }

    /// <summary>From the INVITE to its 180.</summary>
    public TimeSpan RingsAfter { get; set; } = TimeSpan.FromMilliseconds(60);
    /// <summary>From the INVITE to its 200; null lets it ring.</summary>
    public TimeSpan? AnswersAfter { get; set; }
    /// <summary>Answers with this status instead of 200, at the time of <see cref="AnswersAfter"/>.</summary>
    public int? RefusesWith { get; set; }
    /// <summary>Hangs up that long after the call is established.</summary>
    public TimeSpan? HangsUpAfter { get; set; }
    /// <summary>It ends its call itself when it hears that its party has reached whom it was referred to.</summary>
    public bool HangsUpWhenReferred { get; set; }
    /// <summary>A call that nobody has answered for so long is given up, either way.</summary>
    public TimeSpan GivesUpAfter { get; set; } = TimeSpan.FromSeconds(60);
    /// <summary>The INVITE that it sends has no offer: the answer goes into the ACK.</summary>
    public bool OffersLate { get; set; }

    /// <summary>What it asks for, and takes.</summary>
    public MediaEncryption Encryption { get; set; }
    /// <summary>Rings with 183 and its description instead of 180, and speaks at once.</summary>
    public bool SpeaksEarly { get; set; }
    /// <summary>RFC 3262: as a caller it requires reliable ringing, as a callee it rings reliably where it may.</summary>
    public bool IsReliable { get; set; }
    /// <summary>RFC 4028: calls to it are to be refreshed by the node within this time.</summary>
    public uint? TimerSeconds { get; set; }
    /// <summary>Sends callers on to these Contact values, with 302.</summary>
    public string? RedirectsTo { get; set; }

    /// <summary>What it says into every call.</summary>
    public string? Says { get; set; }
    /// <summary>The voice of its party, in Hz: a tone without an end, where it says no words.</summary>
    public int? Tone { get; set; }
    /// <summary>What it plays once it is answered, as PCMU.</summary>
    public byte[] Plays { get; set; } = [];

    /// <summary>How loud that tone is in what it has heard last.</summary>
    public double LevelOf(int hertz) => Call?.Media.LevelOf(hertz) ?? 0;

    /// <summary>A voice that is to be heard is loud, any other is lost in what codecs and filters leave of it.</summary>
    public static bool IsAs(bool isHeard, double level) => isHeard ? level > PhoneTone.Level * 0.6 : level < PhoneTone.Level * 0.08;

    /// <summary>The last call; null before the first.</summary>
    public PhoneCall? Call { get; private set; }
    public bool IsEstablished => Call?.State is PhoneState.Established;
    public bool IsRinging => Call?.State is PhoneState.Ringing;
    public bool IsIdle => Call is null or { State: PhoneState.Over };

    public int Transactions => _layer.Count;

    public Instant NextDue
    {
        get
        {
            var next = Instant.Min(_layer.NextDue,
                Instant.Min(Registration?.NextDue ?? Instant.Never, Lamp?.NextDue ?? Instant.Never));
            foreach (var call in _calls) next = Instant.Min(next, call.NextDue);
            return Call is { State: PhoneState.Established } live
                && live.Media.Expects ? Instant.Min(next, live.Media.LastHeard + Patience) : next;
        }
    }

    /// <param name="uri">Where the INVITE is for, when that is not the number at the node.</param>
    public void Dial(string number, string? uri = null)
    {
        Note($"dials {number}");
        Call = new PhoneCall(_world, this, _layer);
        _calls.Add(Call);
        Call.Dial(number, uri);
        Pump();
    }

    /// <summary>Ends the call in whatever state it is: CANCEL, a final response, BYE.</summary>
    public void Hangup() => Do("hangs up", call => call.Hangup());

    public void Hold() => Do("holds", call => call.ChangeDirection(StreamDirection.SendOnly));

    /// <summary>Refers the party of a call to a number, or to the party of its other call.</summary>
    public void Refer(PhoneCall call, string number, PhoneCall? other = null)
    {
        string uri = $"sip:{number}@{_world.Node.Address}";
        Note($"refers to {uri}{(other is null ? "" : ", whom it talks to")}");
        call.Refer(other?.Replacing(uri) ?? $"<{uri}>");
        Pump();
    }

    /// <summary>Ends one of its calls.</summary>
    public void Hangup(PhoneCall call)
    {
        Note("hangs up a call");
        call.Hangup();
        Pump();
    }

    public void Resume() => Do("resumes", call => call.ChangeDirection(StreamDirection.SendReceive));

    /// <summary>Neither says nor hears anything until it resumes.</summary>
    public void Freeze() => Do("freezes", call => call.ChangeDirection(StreamDirection.Inactive));

    /// <summary>Another server has the call's sound from now on, by re-INVITE.</summary>
    public void MoveMedia()
    {
        MovesMedia = true;
        Call?.MoveMedia();
        Resume();
    }

    /// <summary>Its descriptions follow when its sound moves.</summary>
    public bool MovesMedia { get; set; }

    /// <summary>Wants the call in another codec.</summary>
    public void Switch(string codec) => Do($"switches to {codec}", call => call.ChangeCodec(codec));

    public void Press(string keys) => Do($"presses {keys}", call => call.Media.Press(keys));

    /// <summary>The next messages whose first line begins so never leave the phone.</summary>
    public void DropOutgoing(string start, int times) => _dropped.Add((start, times));

    /// <summary>It had to find out by itself that a call was over, and its line was never cut.</summary>
    public bool WasLeftHanging => !_hasVanished && _calls.Exists(call => call.WasGivenUp);

    /// <summary>The line is cut, for good.</summary>
    public void Vanish()
    {
        Note("vanishes");
        _hasVanished = true;
        _world.Net.Cut(Address.Address);
    }

    /// <summary>It is without a network, until it comes back.</summary>
    public void GoDark()
    {
        Note("goes dark");
        _world.Net.Cut(Address.Address);
    }

    public void ComeBack()
    {
        Note("comes back");
        _world.Net.Heal(Address.Address);
    }

    public void Receive(Parcel parcel)
    {
        if (parcel.IsMedia)
        {
            Call?.ReceiveMedia(parcel);
            return;
        }
        _world.Log.Add(_world.Now, Number, parcel.Bytes);
        _layer.Handle(parcel.Bytes.Span, SipFlow.Udp(parcel.From), _world.Now);
        Pump();
    }

    public void FireDue(Instant now)
    {
        if (_layer.NextDue <= now) _layer.HandleDue(now);
        if (Registration is { } registration && registration.NextDue <= now) registration.OnDue();
        if (Lamp is { } lamp && lamp.NextDue <= now) lamp.OnDue();
        foreach (var call in _calls)
            if (call.NextDue <= now) call.OnDue(now);
        if (IsEstablished && Call is { } live && live.Media.Expects && live.Media.LastHeard + Patience <= now)
        {
            Note("hears nothing any more");
            live.GiveUp();
        }
        Pump();
    }

    public void Note(string what) => _world.Log.Add(_world.Now, Number, what);

    private void Do(string what, Action<PhoneCall> act)
    {
        Note(what);
        if (Call is { } call) act(call);
        Pump();
    }

    private void Pump()
    {
        while (_layer.TryPoll(out var output))
        {
            switch (output)
            {
                case TransactionOutput.Transmit transmit:
                    Send(transmit);
                    break;
                case TransactionOutput.RequestReceived received:
                    OnRequest(received);
                    break;
                case TransactionOutput.AckReceived ack:
                    foreach (var call in _calls) call.OnAck(ack.Request);
                    break;
                case TransactionOutput.CancelReceived cancel:
                    foreach (var call in _calls) call.OnCancel(cancel.Invite);
                    break;
                case TransactionOutput.ResponseReceived response:
                    Registration?.OnResponse(response.Transaction, response.Response);
                    Lamp?.OnResponse(response.Transaction, response.Response);
                    foreach (var call in _calls) call.OnResponse(response.Transaction, response.Response, response.From);
                    break;
                case TransactionOutput.TimedOut timedOut:
                    Registration?.OnTimeout(timedOut.Transaction);
                    Lamp?.OnTimeout(timedOut.Transaction);
                    foreach (var call in _calls) call.OnTimeout(timedOut.Transaction);
                    break;
            }
        }
    }

    private void OnRequest(TransactionOutput.RequestReceived received)
    {
        var request = received.Request;
        if (!request.IsOutsideDialog)
        {
            if (_calls.Find(call => call.Owns(request)) is { } call) call.OnRequest(received);
            else if (Lamp?.TryNotify(received) is not true) _layer.Respond(received.Transaction, 481, _world.Now);
        }
        else if (request.Method is not SipMethod.Invite) _layer.Respond(received.Transaction, 405, _world.Now);
        else if (RedirectsTo is { } contacts)
            _layer.Respond(received.Transaction, new SipResponseBuilder(request, 302).Add(SipHeader.Contact, contacts).Build(), _world.Now);
        else if (!IsIdle) _layer.Respond(received.Transaction, 486, _world.Now);
        else
        {
            Call = new PhoneCall(_world, this, _layer);
            _calls.Add(Call);
            Call.Ring(received);
        }
    }

    private void Send(TransactionOutput.Transmit transmit)
    {
        for (int i = 0; i < _dropped.Count; i++)
        {
            var (start, times) = _dropped[i];
            if (times == 0 || !transmit.Bytes.Span.StartsWith(System.Text.Encoding.ASCII.GetBytes(start))) continue;
            _dropped[i] = (start, times - 1);
            Note($"drops its {start}");
            return;
        }
        _world.Net.Handle(new(Address, transmit.To.Remote, MovesMedia && Call is { } call ? call.Describe(transmit.Bytes) : transmit.Bytes,
            IsMedia: false), _world.Now);
    }
}
