using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using System.Text;
using Ringwright.Calls.Texts;
using Ringwright.Calls.Texts.Smpp;
using Ringwright.Edge.Campaigns.Carriers;
using Ringwright.Lab.Centres;
using Ringwright.Store.Tables;
using Ringwright.Testing;

namespace Ringwright.Edge.Lab;

/// <summary>The lab's centre of texts, before a node that speaks SMPP, and before somebody who says what he likes.</summary>
public sealed class LabCentreTests : IAsyncDisposable
{
    private const string Person = "+15550001234", Away = "+15550010001", Nobody = "+15550050001", Stranger = "+4915550001";

    private readonly FakeTimeProvider _clock = new();
    private readonly List<LabCentre> _centres = [];
    private readonly ConcurrentQueue<string> _told = new();

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    public async ValueTask DisposeAsync()
    {
        foreach (var centre in _centres) await centre.DisposeAsync();
    }

    private LabCentre Open(Func<LabCentreOptions, LabCentreOptions>? configure = null)
    {
        var options = new LabCentreOptions { Listen = new(IPAddress.Loopback, 0), SystemId = "ringwright", Password = "a secret" };
        var centre = new LabCentre(configure?.Invoke(options) ?? options, _clock, _told.Enqueue);
        _centres.Add(centre);
        return centre;
    }

    private static Task<CarrierRig> RigAsync(LabCentre centre) =>
        CarrierRig.OpenAsync(configure: carrier => carrier with { Port = centre.Local.Port });

    /// <summary>Until the text is so, the lab's time goes on.</summary>
    private Task<TextMessage> PassAsync(CarrierRig rig, Guid text, Func<TextMessage, bool> so) => Eventually.SomeAsync(async () =>
    {
        if (await rig.Test.Database.Texts.FindAsync(rig.Tenant, text, Stop) is { } now && so(now)) return now;
        _clock.Advance(TimeSpan.FromSeconds(1));
        return null;
    }, "the text is so one day");

    [Fact]
    public async Task A_person_of_the_lab_gets_a_text_by_SMPP_and_answers_it()
    {
        await using var rig = await RigAsync(Open());
        await rig.WhenAsync(bind => bind.IsBound);
        // More than one part, and not in GSM's alphabet.
        string words = new string('ж', 100) + "?";
        var text = await rig.SendAsync(words, Person);
        await rig.WhenAsync(text, TextState.Sent);
        await PassAsync(rig, text, now => now.State is TextState.Delivered);
        var come = await Eventually.SomeAsync(async () => await rig.ReceivedAsync() is [var one] ? one : null, "the answer has come");
        Assert.Equal((Person, CarrierRig.Own, "Yes."), (come.From, come.To, come.Words));
        var away = await rig.SendAsync("Are you there", Away);
        await rig.WhenAsync(away, TextState.Sent);
        await PassAsync(rig, away, now => now.State is TextState.Delivered);
    }

    [Fact]
    public async Task Who_takes_no_texts_and_who_is_nobody_is_refused_and_so_is_a_wrong_password()
    {
        await using var rig = await RigAsync(Open());
        await rig.WhenAsync(bind => bind.IsBound);
        foreach (string to in new[] { Nobody, Stranger })
            await rig.WhenAsync(await rig.SendAsync(to: to), text => text.State is TextState.SendingFailed);

        await using var other = await RigAsync(Open(options => options with { Password = "another" }));
        var refused = await other.WhenAsync(bind => bind.Trouble is not null);
        Assert.Contains("0x0E", refused.Trouble, StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_is_beyond_the_rate_is_throttled_and_comes_again()
    {
        await using var rig = await RigAsync(Open(options => options with { Rate = 1 }));
        await rig.WhenAsync(bind => bind.IsBound);
        var all = new List<Guid>();
        for (int i = 0; i < 3; i++) all.Add(await rig.SendAsync($"text {i}", Person));
        // Within one second of its clock, which stands still.
        await Eventually.TrueAsync(() => _told.Contains("ringwright: throttled"), "one of them is too much");
        foreach (var text in all)
            await Eventually.SomeAsync(async () =>
            {
                if (await rig.Test.Database.Texts.FindAsync(rig.Tenant, text, Stop) is { State: TextState.Delivered } now) return now;
                // The node waits on its own clock until it may try again.
                rig.Clock.Advance(TimeSpan.FromSeconds(1));
                _clock.Advance(TimeSpan.FromSeconds(1));
                return null;
            }, "each arrives one day");
    }

    [Fact]
    public async Task What_comes_for_who_is_not_bound_waits_and_what_was_not_answered_comes_again()
    {
        var centre = Open(static options => options with { SystemId = null, Password = null });
        using (var first = new Client(centre))
        {
            Assert.Equal(SmppStatus.Ok, (await first.AskAsync(SmppCommand.BindTransmitter, new SmppBind("acme", "").ToBody())).Status);
            var taken = await first.AskAsync(SmppCommand.SubmitSm, Message(Person, "Well?", receipts: 1));
            Assert.Equal((SmppStatus.Ok, "00000001"), (taken.Status, SmppBind.ReadName(taken.Body.Span)));
            await Eventually.TrueAsync(() => _clock.TimerCount > 0, "somebody thinks");
            _clock.Advance(TimeSpan.FromSeconds(1));
            Assert.Equal(SmppStatus.Ok, (await first.AskAsync(SmppCommand.Unbind, [])).Status);
        }
        using (var second = new Client(centre))
        {
            await second.AskAsync(SmppCommand.BindReceiver, new SmppBind("acme", "").ToBody());
            var receipt = SmppReceipt.Of(await second.HearMessageAsync(isAnswered: true))!;
            Assert.Equal(("00000001", SmppOutcome.Delivered, true), (receipt.Id, receipt.Outcome, receipt.IsCertain));
            Assert.Equal("Yes.", Encoding.ASCII.GetString((await second.HearMessageAsync(isAnswered: false)).Text.Span));
        }
        using var third = new Client(centre);
        await third.AskAsync(SmppCommand.BindTransceiver, new SmppBind("acme", "").ToBody());
        var again = await third.HearMessageAsync(isAnswered: true);
        Assert.Equal((Person, "+12125550100", "Yes."), (again.From.Party, again.To.Party, Encoding.ASCII.GetString(again.Text.Span)));
    }

    [Fact]
    public async Task Whoever_says_what_is_out_of_place_is_told_so()
    {
        var centre = Open(static options => options with { SystemId = null, Password = null });
        using var client = new Client(centre);
        Assert.Equal(SmppStatus.Ok, (await client.AskAsync(SmppCommand.EnquireLink, [])).Status);
        Assert.Equal(SmppStatus.WrongBindState, (await client.AskAsync(SmppCommand.SubmitSm, Message(Person, "Hello"))).Status);
        await client.AskAsync(SmppCommand.BindTransceiver, new SmppBind("acme", "").ToBody());
        Assert.Equal(SmppStatus.AlreadyBound,
            (await client.AskAsync(SmppCommand.BindTransceiver, new SmppBind("acme", "").ToBody())).Status);
        Assert.Equal(SmppStatus.BadDestination, (await client.AskAsync(SmppCommand.SubmitSm, Message(Stranger, "Hello"))).Status);
        Assert.Equal(SmppStatus.BadLength, (await client.AskAsync(SmppCommand.SubmitSm, [1, 2, 3])).Status);
        var unknown = await client.AskAsync(SmppCommand.QuerySm, []);
        Assert.Equal((SmppCommand.GenericNack, SmppStatus.BadCommand), (unknown.Command, unknown.Status));
        await client.SendAsync(new byte[16]);
        var broken = (await client.HearAsync())!;       // said before it hangs up
        Assert.Equal((SmppCommand.GenericNack, SmppStatus.BadLength), (broken.Command, broken.Status));
        Assert.Null(await client.HearAsync());
    }

    [Fact]
    public async Task People_of_other_networks_make_it_as_hard_as_they_do()
    {
        var centre = Open(static options => options with { SystemId = null, Password = null });
        using var client = new Client(centre);
        await client.AskAsync(SmppCommand.BindTransceiver, new SmppBind("acme", "").ToBody());
        Assert.Equal(SmppStatus.BadDestination, (await client.AskAsync(SmppCommand.SubmitSm, Message(Nobody, "Hello"))).Status);
        foreach (uint status in new[] { SmppStatus.QueueFull, SmppStatus.QueueFull, SmppStatus.Ok, SmppStatus.QueueFull })
            Assert.Equal(status, (await client.AskAsync(SmppCommand.SubmitSm, Message("+15550020001", "Hello"))).Status);

        // What is taken in two parts comes back in two, the second before the first.
        byte[] text = new byte[200];
        Array.Fill(text, (byte)'a');
        var whole = new SmppMessage { From = SmppAddress.Of("+12125550100"), To = SmppAddress.Of("+15550080001"), Text = text };
        Assert.Equal(SmppStatus.Ok, (await client.AskAsync(SmppCommand.SubmitSm, whole.ToBody())).Status);
        await Eventually.TrueAsync(() => _clock.TimerCount > 1, "two think");
        _clock.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal(2, SmppText.PartOf(await client.HearMessageAsync(isAnswered: true))!.Value.Number);
        Assert.Equal(1, SmppText.PartOf(await client.HearMessageAsync(isAnswered: true))!.Value.Number);
    }

    private static byte[] Message(string to, string words, byte receipts = 0) => new SmppMessage
    {
        From = SmppAddress.Of("+12125550100"), To = SmppAddress.Of(to), Text = Encoding.ASCII.GetBytes(words),
        RegisteredDelivery = receipts,
    }.ToBody();

    /// <summary>Somebody who speaks SMPP by hand.</summary>
    private sealed class Client : IDisposable
    {
        private readonly Socket _socket = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        private readonly SmppFrames _frames = new();
        private uint _sequence;

        public Client(LabCentre centre) => _socket.Connect(centre.Local);

        public async Task<SmppPdu> AskAsync(SmppCommand command, byte[] body)
        {
            await SendAsync(new SmppPdu(command, 0, ++_sequence, body).ToBytes());
            return (await HearAsync())!;        // it is answered
        }

        public async Task SendAsync(byte[] bytes) => await _socket.SendAsync(bytes.AsMemory(), Stop);

        /// <summary>Null when the centre has hung up.</summary>
        public async Task<SmppPdu?> HearAsync()
        {
            byte[] buffer = new byte[4_096];
            while (true)
            {
                if (_frames.Take(out var pdu) is SmppFrame.Whole) return pdu;
                int count = await _socket.ReceiveAsync(buffer.AsMemory(), Stop);
                if (count == 0) return null;
                _frames.Add(buffer.AsSpan(0, count));
            }
        }

        public async Task<SmppMessage> HearMessageAsync(bool isAnswered)
        {
            var pdu = (await HearAsync())!;     // the centre is bound
            Assert.Equal(SmppCommand.DeliverSm, pdu.Command);
            if (isAnswered) await SendAsync(pdu.Reply(SmppStatus.Ok, SmppBind.NameBody("")).ToBytes());
            return SmppMessage.Read(pdu.Command, pdu.Body.Span)!;
        }

        public void Dispose() => _socket.Dispose();
    }
}
