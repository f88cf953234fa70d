using Microsoft.Extensions.Logging.Abstractions;
using Ringwright.Admission.Numbering;
using Ringwright.Calls;
using Ringwright.Calls.Texts;
using Ringwright.Campaigns.Texts;
using Ringwright.Core;
using Ringwright.Edge.Campaigns.Carriers;
using Ringwright.Edge.Store;
using Ringwright.Store.Tables;
using Ringwright.Testing;

namespace Ringwright.Edge.Campaigns;

/// <summary>Texts to numbers whose connection has phones.</summary>
public sealed class TextPhonesTests
{
    private const string From = "+15550230001", Only = "+15550230002", Both = "+15550230003", User = "desk1";

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task What_the_phones_of_a_number_without_a_profile_answer_is_what_became_of_the_text()
    {
        await using var rig = await Rig.OpenAsync();
        rig.Line.Users[User] = true;
        var whenLeft = TextState.Queued;
        rig.Line.OnSend = async text =>
        {
            whenLeft = (await rig.ListAsync(Only)).Single(row => row.Words == text.Words).State;
            return new(text.Words switch { "taken" => 202, "busy" => 486, "nobody" => 404, "no" => 603, "what" => 415, _ => null });
        };
        await rig.WhenAsync(await rig.SendAsync(Only, "taken"), text => text.State is TextState.Delivered);
        // It is in the ledger as sent before it leaves.
        Assert.Equal(TextState.Sent, whenLeft);
        Assert.Equal(new PhoneText(User, From, Only, "taken"), Assert.Single(rig.Line.Sent));
        foreach (var (words, fault) in (IEnumerable<(string, TextFault)>)[("busy", TextFault.Undeliverable),
            ("nobody", TextFault.BadRecipient), ("no", TextFault.Rejected), ("what", TextFault.BadBody),
            ("silence", TextFault.Undeliverable)])
        {
            var failed = await rig.WhenAsync(await rig.SendAsync(Only, words), text => text.IsOver);
            Assert.Equal((TextState.DeliveryFailed, fault), (failed.State, failed.Fault));
        }
        Assert.Equal(6, rig.Line.Sent.Count);
    }

    [Fact]
    public async Task A_text_waits_for_a_phone_that_is_not_there_and_no_longer_than_it_is_valid()
    {
        await using var rig = await Rig.OpenAsync();
        var waits = await rig.SendAsync(Only, "come back");
        await rig.WhenAsync(waits, text => text.DueAt > text.ReceivedAt);
        rig.Line.Users[User] = true;
        rig.Clock.Advance(TimeSpan.FromSeconds(15));
        await rig.WhenAsync(waits, text => text.State is TextState.Delivered);
        rig.Line.Users.Clear();
        var never = await rig.SendAsync(Only, "for nobody");
        await rig.WhenAsync(never, text => text.DueAt > text.ReceivedAt);
        rig.Clock.Advance(TimeSpan.FromHours(1));
        Assert.Equal(TextFault.Expired, (await rig.WhenAsync(never, text => text.State is TextState.Expired)).Fault);
        Assert.Single(rig.Line.Sent);
    }

    [Fact]
    public async Task A_phone_that_is_back_after_days_gets_what_waited_for_it()
    {
        await using var rig = await Rig.OpenAsync();
        var waits = await rig.SendAsync(Only, "welcome back", TextLife.AtPhones);
        await rig.WhenAsync(waits, text => text.DueAt > text.ReceivedAt);
        rig.Clock.Advance(TimeSpan.FromHours(70));
        var later = await rig.WhenAsync(waits, text => text.DueAt > rig.Clock.GetUtcNow());
        // By then it is looked at by the minute.
        Assert.InRange((later.DueAt!.Value - rig.Clock.GetUtcNow()).TotalSeconds, 16, 60);
        rig.Line.Users[User] = true;
        rig.Clock.Advance(TimeSpan.FromMinutes(1));
        await rig.WhenAsync(waits, text => text.State is TextState.Delivered);
        rig.Line.Users.Clear();
        var never = await rig.SendAsync(Only, "for nobody", TextLife.AtPhones);
        await rig.WhenAsync(never, text => text.DueAt > text.ReceivedAt);
        rig.Clock.Advance(TextLife.AtPhones);
        Assert.Equal(TextFault.Expired, (await rig.WhenAsync(never, text => text.State is TextState.Expired)).Fault);
        Assert.Single(rig.Line.Sent);
    }

    [Fact]
    public async Task By_whichever_API_a_text_waits_as_long_for_phones_unless_its_sender_says_how_long()
    {
        await using var rig = await Rig.OpenAsync();
        TimeSpan LifeOf(string to, TimeSpan? said = null)
        {
            var text = PlainTexts.TextOf(rig.Test.Database, rig.Tenant, From, to, "for a while", [], said);
            return text.ValidUntil!.Value - text.ReceivedAt;
        }
        Assert.Equal((TextLife.AtPhones, TextLife.Usual, TextLife.Usual), (LifeOf(Only), LifeOf(Both), LifeOf("+493012345678")));
        Assert.Equal(TimeSpan.FromMinutes(1), LifeOf(Only, TimeSpan.FromMinutes(1)));
    }

    [Fact]
    public async Task What_a_number_s_account_has_its_phones_are_shown_whatever_they_answer()
    {
        await using var rig = await Rig.OpenAsync();
        await rig.WhenAsync(await rig.SendAsync(Both, "nobody is there"), text => text.State is TextState.Delivered);
        Assert.Empty(rig.Line.Sent);
        rig.Line.Users[User] = true;
        rig.Line.OnSend = static _ => Task.FromResult(new PhoneTextAnswer(405));
        await rig.WhenAsync(await rig.SendAsync(Both, "to both"), text => text.State is TextState.Delivered);
        await Eventually.TrueAsync(() => rig.Line.Sent.Count == 1, "the phone is shown it");
        Assert.Equal(new PhoneText(User, From, Both, "to both"), rig.Line.Sent[0]);
        Assert.Equal(2, (await rig.Test.Database.Texts.ListAsync(rig.Tenant, new() { Direction = Direction.Inbound }, Stop)).Total);
    }

    [Fact]
    public async Task What_was_at_a_phone_when_the_node_stopped_is_in_doubt_and_never_goes_again()
    {
        await using var rig = await Rig.OpenAsync();
        rig.Line.Users[User] = true;
        rig.Line.OnSend = static _ => new TaskCompletionSource<PhoneTextAnswer>().Task;
        var text = await rig.SendAsync(Only, "once");
        await Eventually.TrueAsync(() => rig.Line.Sent.Count == 1, "it has left");
        await rig.RestartAsync();
        Assert.Equal(TextState.Sent, (await rig.WhenAsync(text, _ => true)).State);
        rig.Clock.Advance(TextCourier.Doubt);
        Assert.Equal(TextFault.Unconfirmed, (await rig.WhenAsync(text, one => one.State is TextState.DeliveryUnconfirmed)).Fault);
        Assert.Single(rig.Line.Sent);
    }

    /// <summary>An account with a phone, a courier, and what leads to the phone.</summary>
    private sealed class Rig : IAsyncDisposable
    {
        private TextCourier _courier = null!;       // set before anybody has the rig
        private TextPhones _phones = null!;

        private Rig(TestDatabase test, TenantId tenant) => (Test, Tenant) = (test, tenant);

        public TestDatabase Test { get; }
        public TenantId Tenant { get; }
        public PhoneLine Line { get; } = new();
        public FakeTimeProvider Clock => (FakeTimeProvider)Test.Time;

        public static async Task<Rig> OpenAsync()
        {
            var test = await TestDatabase.OpenAsync();
            var (tenant, now) = (await test.TenantAsync(), test.Time.GetUtcNow());
            var phone = new Connection
            {
                Id = new(7), Tenant = tenant, Kind = ConnectionKind.Credential, Name = "desk",
                Sip = new() { UserName = User, Password = "x" },
            };
            await test.Database.Connections.Records.AddAsync("7", phone, now, work: null, Stop);
            await test.Database.Numbers.ImportAsync(
            [
                Imported.Number(new(From, tenant, null) { MessagingProfile = CarrierRig.Profile }, 1, now),
                Imported.Number(new(Only, tenant, phone.Id), 2, now),
                Imported.Number(new(Both, tenant, phone.Id) { MessagingProfile = CarrierRig.Profile }, 3, now),
            ], Stop);
            var rig = new Rig(test, tenant);
            rig.Begin();
            return rig;
        }

        public async Task RestartAsync()
        {
            await EndAsync();
            Begin();
        }

        public async Task<Guid> SendAsync(string to, string words, TimeSpan? life = null)
        {
            var now = Clock.GetUtcNow();
            var text = new TextMessage
            {
                Id = Guid.CreateVersion7(now), Tenant = Tenant, Direction = Direction.Outbound, State = TextState.Queued, From = From,
                To = to, Profile = CarrierRig.Profile, Words = words, Encoding = TextEncoding.Gsm7, Parts = 1, DueAt = now,
                ReceivedAt = now, ValidUntil = now + (life ?? TimeSpan.FromHours(1)),
            };
            await Test.Database.Texts.AddAsync(text, default, null, Stop);
            return text.Id;
        }

        public Task<TextMessage> WhenAsync(Guid id, Func<TextMessage, bool> so) => Eventually.SomeAsync(async () =>
            await Test.Database.Texts.FindAsync(Tenant, id, Stop) is { } text && so(text) ? text : null, "the text is so");

        public async Task<IReadOnlyList<TextMessage>> ListAsync(string to) =>
            (await Test.Database.Texts.ListAsync(Tenant, new() { Direction = Direction.Outbound, To = to }, Stop)).Rows;

        public async ValueTask DisposeAsync()
        {
            await EndAsync();
            await Test.DisposeAsync();
        }

        private void Begin()
        {
            var (face, plans) = (new CarrierRig.OneProfile(), NumberingPlans.Load());
            _phones = new(Test.Database, new(Test.Database, face, plans, holds: null), Line, NullLogger.Instance);
            _courier = new(new() { Store = Test.Database, Face = face, Plans = plans, Phones = _phones, Log = NullLogger.Instance });
            _courier.Start();
        }

        private async Task EndAsync()
        {
            await _courier.DisposeAsync();
            await _phones.DisposeAsync();
        }
    }
}
