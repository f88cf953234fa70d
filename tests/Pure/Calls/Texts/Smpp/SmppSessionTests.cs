using Ringwright.Calls.Texts.Smpp;
using Ringwright.Core;

namespace Ringwright.Pure.Calls.Texts.Smpp;

/// <summary>A bind with a centre that does all that centres do; time is a number here.</summary>
public sealed class SmppSessionTests
{
    private static readonly SmppMessage Hello = new()
    {
        From = SmppAddress.Of("+15550100000"), To = SmppAddress.Of("+4917012345"), Text = "Hello"u8.ToArray(),
    };

    private readonly SmppFrames _sent = new();
    private Instant _now;
    private SmppSession _session;

    public SmppSessionTests() => _session = new(Terms(), _now);

    [Fact]
    public void It_binds_and_submits_within_its_window()
    {
        Bind();
        Assert.Equal(3, _session.Free(_now));
        for (int i = 1; i <= 3; i++) _session.Submit(i, Hello, _now);
        Assert.Equal((0, 3), (_session.Free(_now), _session.UnderWay));
        Assert.Throws<InvalidOperationException>(() => _session.Submit(4, Hello, _now));
        var second = Sent()[1];
        Answer(second, SmppStatus.Ok, "id2\0"u8.ToArray());
        Assert.Equal([new SmppNews.Answered(2, 0, "id2")], News());
        Assert.Equal(1, _session.Free(_now));
        // Again, and to nothing: neither says anything.
        Answer(second, SmppStatus.Ok, "id2\0"u8.ToArray());
        Receive(new(SmppCommand.SubmitSmResp, 0, 999, default));
        Assert.Empty(News());
    }

    [Theory]
    [InlineData(SmppStatus.BadPassword), InlineData(SmppStatus.BadSystemId), InlineData(SmppStatus.BindFailed)]
    public void A_refused_bind_ends_it(uint status)
    {
        Receive(Sent().Single().Reply(status));
        Assert.Equal(status, Assert.IsType<SmppNews.Closed>(Assert.Single(News())).BindStatus);
        Assert.True(_session.IsClosed);
    }

    [Fact]
    public void A_centre_that_says_nothing_to_the_bind_is_left()
    {
        Pass(TimeSpan.FromSeconds(9.9));
        Assert.False(_session.IsClosed);
        Pass(TimeSpan.FromSeconds(0.2));
        Assert.IsType<SmppNews.Closed>(Assert.Single(News()));
    }

    [Fact]
    public void Silence_is_asked_about_twice()
    {
        Bind();
        Pass(TimeSpan.FromSeconds(30));
        Receive(Assert.Single(Sent()).Reply(SmppStatus.Ok));
        Pass(TimeSpan.FromSeconds(30));
        Pass(TimeSpan.FromSeconds(30));
        Assert.Equal([SmppCommand.EnquireLink, SmppCommand.EnquireLink], Sent().Select(pdu => pdu.Command));
        Assert.False(_session.IsClosed);
        Pass(TimeSpan.FromSeconds(30));
        Assert.True(_session.IsClosed);
    }

    [Fact]
    public void An_answer_that_is_overdue_may_come_late()
    {
        Bind();
        _session.Submit(1, Hello, _now);
        var sent = Sent().Single();
        Pass(TimeSpan.FromSeconds(30));
        Assert.Equal([new SmppNews.Unanswered(1)], News());
        Assert.Equal(3, _session.Free(_now));
        Answer(sent, SmppStatus.Ok, "7\0"u8.ToArray());
        Assert.Equal([new SmppNews.Answered(1, 0, "7")], News());
    }

    /// <summary>It was asked whether it is there, and said so: only its refusals tell. Those under way still come.</summary>
    [Fact]
    public void A_centre_that_has_forgotten_the_bind_is_left_to_be_bound_anew()
    {
        Bind();
        _session.Submit(1, Hello, _now);
        Answer(Sent().Single(), SmppStatus.WrongBindState);
        // One that has only begun is refused for another reason.
        Assert.True(_session.IsBound);
        _now += TimeSpan.FromSeconds(30);
        _session.Submit(2, Hello, _now);
        _session.Submit(3, Hello, _now);
        foreach (var sent in Sent()) Answer(sent, SmppStatus.WrongBindState);
        Assert.False(_session.IsBound);
        var unbind = Assert.Single(Sent());
        Assert.Equal(SmppCommand.Unbind, unbind.Command);
        Receive(unbind.Reply(SmppStatus.WrongBindState));
        Assert.Equal([new SmppNews.Answered(1, SmppStatus.WrongBindState, ""), new SmppNews.Answered(2, SmppStatus.WrongBindState, ""),
            new SmppNews.Answered(3, SmppStatus.WrongBindState, ""),
            new SmppNews.Closed("it does not know any more that it is bound", null)], News());
    }

    [Fact]
    public void What_is_under_way_when_it_ends_is_told()
    {
        Bind();
        _session.Submit(1, Hello, _now);
        _session.Submit(2, Hello, _now);
        _session.Lose("gone");
        Assert.Equal([new SmppNews.Unanswered(1), new SmppNews.Unanswered(2), new SmppNews.Closed("gone", null)], News());
    }

    [Fact]
    public void A_cry_for_less_stops_all_and_halves_the_rate()
    {
        Bind();
        _session.Submit(1, Hello, _now);
        _session.Submit(2, Hello, _now);
        foreach (var sent in Sent()) Answer(sent, SmppStatus.Throttled);
        Assert.Equal((50d, 0), (_session.Rate, _session.Free(_now)));
        Assert.Equal(_now + TimeSpan.FromSeconds(1), _session.NextDue(_now));
        _now += TimeSpan.FromSeconds(1);
        Assert.Equal(1, _session.Free(_now));
        _session.Submit(3, Hello, _now);
        Answer(Sent().Single(), SmppStatus.Throttled);
        Assert.Equal((25d, _now + TimeSpan.FromSeconds(2)), (_session.Rate, _session.PausedUntil));
        _now += TimeSpan.FromSeconds(2 + 3);
        Assert.True(_session.Free(_now) > 0);
        Assert.Equal(40d, _session.Rate);
    }

    [Fact]
    public void The_rate_is_kept()
    {
        _session = new(Terms() with { Rate = 2, Window = 100 }, _now);
        Bind();
        int gone = 0;
        var end = _now + TimeSpan.FromSeconds(10);
        while (_now <= end)
        {
            for (int free = _session.Free(_now); free > 0; free--) _session.Submit(++gone, Hello, _now);
            foreach (var pdu in Sent())
                if (pdu.Command is SmppCommand.SubmitSm) Answer(pdu, SmppStatus.Ok, "1\0"u8.ToArray());
            var next = _session.NextDue(_now);
            Assert.True(next > _now);
            _now = next;
        }
        Assert.InRange(gone, 21, 22);
    }

    [Fact]
    public void Messages_wait_for_their_acknowledgement()
    {
        Bind();
        Receive(new(SmppCommand.DeliverSm, 0, 77, Hello.ToBody()));
        var came = Assert.IsType<SmppNews.Came>(Assert.Single(News()));
        Assert.Empty(Sent());
        _session.Acknowledge(came.Request, SmppStatus.Ok);
        _session.Acknowledge(came.Request, SmppStatus.TemporaryAppError);
        Assert.Equal([(SmppCommand.DeliverSmResp, 0u, 77u, 1), (SmppCommand.DeliverSmResp, 0x64u, 77u, 0)],
            Sent().Select(pdu => (pdu.Command, pdu.Status, pdu.Sequence, pdu.Body.Length)));
    }

    [Fact]
    public void Nonsense_is_refused_and_ends_nothing()
    {
        Receive(new(SmppCommand.DeliverSm, 0, 5, Hello.ToBody()));
        Bind();
        Receive(new(SmppCommand.DeliverSm, 0, 6, "nothing"u8.ToArray()));
        Receive(new((SmppCommand)0x7777, 0, 7, default));
        Receive(new(SmppCommand.SubmitSm, 0, 8, Hello.ToBody()));
        Receive(new((SmppCommand)0x80007777, 0, 9, default));
        Receive(new(SmppCommand.EnquireLink, 0, 10, default));
        Assert.Equal([(SmppCommand.DeliverSmResp, SmppStatus.BadTlvs, 6u), (SmppCommand.GenericNack, SmppStatus.BadCommand, 7u),
            (SmppCommand.GenericNack, SmppStatus.BadCommand, 8u), (SmppCommand.EnquireLinkResp, 0u, 10u)],
            Sent().Select(pdu => (pdu.Command, pdu.Status, pdu.Sequence)));
        Assert.Empty(News());
        Assert.True(_session.IsBound);
    }

    [Fact]
    public void A_length_that_cannot_be_ends_it()
    {
        Bind();
        _session.Receive([0xFF, 0xFF, 0xFF, 0xFF], _now);
        Assert.True(_session.IsClosed);
        Assert.Equal((SmppCommand.GenericNack, SmppStatus.BadLength), Sent().Select(pdu => (pdu.Command, pdu.Status)).Single());
    }

    [Fact]
    public void It_leaves_as_it_should()
    {
        Bind();
        _session.Submit(1, Hello, _now);
        _session.Unbind(_now);
        var sent = Sent();
        Assert.Equal([SmppCommand.SubmitSm, SmppCommand.Unbind], sent.Select(pdu => pdu.Command));
        Answer(sent[0], SmppStatus.Ok, "1\0"u8.ToArray());
        Receive(sent[1].Reply(SmppStatus.Ok));
        Assert.Equal([new SmppNews.Answered(1, 0, "1"), new SmppNews.Closed("unbound", null)], News());
    }

    [Fact]
    public void A_centre_that_says_no_good_bye_is_left_after_a_second()
    {
        Bind();
        _session.Unbind(_now);
        Pass(TimeSpan.FromSeconds(0.9));
        Assert.False(_session.IsClosed);
        Pass(TimeSpan.FromSeconds(0.1));
        Assert.Equal([new SmppNews.Closed("it did not answer the unbind", null)], News());
    }

    [Theory]
    [InlineData(SmppBindKind.Transceiver, SmppCommand.BindTransceiver, 1), InlineData(SmppBindKind.Receiver, SmppCommand.BindReceiver, 1)]
    [InlineData(SmppBindKind.Transmitter, SmppCommand.BindTransmitter, 0)]
    public void A_bind_is_for_one_way_or_for_both(SmppBindKind kind, SmppCommand command, int brought)
    {
        _session = new(Terms() with { Kind = kind }, _now);
        var bind = Assert.Single(Sent());
        Assert.Equal(command, bind.Command);
        Receive(bind.Reply(SmppStatus.Ok, "centre\0"u8.ToArray()));
        Assert.Equal([new SmppNews.Bound("centre")], News());
        Receive(new(SmppCommand.DeliverSm, 0, 5, Hello.ToBody()));
        Assert.Equal(brought, News().Count);
        // By the wrong bind it stays with the centre.
        Assert.Equal(brought == 0 ? [SmppStatus.WrongBindState] : Array.Empty<uint>(), Sent().Select(pdu => pdu.Status));
    }

    private static SmppTerms Terms() => new() { Bind = new("ringwright", "secret"), Window = 3, Rate = 100 };

    private void Bind()
    {
        Receive(Sent().Single(pdu => pdu.Command is SmppCommand.BindTransceiver).Reply(SmppStatus.Ok, "centre\0"u8.ToArray()));
        Assert.Equal([new SmppNews.Bound("centre")], News());
        Sent();
    }

    private void Answer(SmppPdu to, uint status, byte[]? body = null) => Receive(to.Reply(status, body));

    private void Receive(SmppPdu pdu) => _session.Receive(pdu.ToBytes(), _now);

    private void Pass(TimeSpan span)
    {
        _now += span;
        _session.Tick(_now);
    }

    private List<SmppPdu> Sent()
    {
        _sent.Add(_session.TakeOutput());
        var pdus = new List<SmppPdu>();
        while (_sent.Take(out var pdu) is SmppFrame.Whole) pdus.Add(pdu!);
        return pdus;
    }

    private List<SmppNews> News()
    {
        var all = new List<SmppNews>();
        while (_session.TryTake(out var one)) all.Add(one!);
        return all;
    }
}
