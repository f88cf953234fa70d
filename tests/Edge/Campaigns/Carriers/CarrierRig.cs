using System.Text;
using Microsoft.Extensions.Logging.Abstractions;
using Ringwright.Admission.Numbering;
using Ringwright.Calls;
using Ringwright.Calls.Texts;
using Ringwright.Calls.Texts.Smpp;
using Ringwright.Campaigns.Carriers;
using Ringwright.Campaigns.Texts;
using Ringwright.Core;
using Ringwright.Edge.Faults;
using Ringwright.Edge.Store;
using Ringwright.Store.Tables;
using Ringwright.Testing;

namespace Ringwright.Edge.Campaigns.Carriers;

/// <summary>A database with an account that texts, the courier, the carriers' binds, and a centre.</summary>
internal sealed class CarrierRig : IAsyncDisposable
{
    public const string Own = "+15550230001", Person = "+4915550001";
    private const long PartMicros = 4_000;
    public static readonly Guid Profile = new("22222222-2222-2222-2222-222222222222");

    private readonly TextCourier _courier;

    private CarrierRig(TestDatabase test, TenantId tenant)
    {
        (Test, Tenant) = (test, tenant);
        var (face, plans) = (new OneProfile(), NumberingPlans.Load());
        Carriers = new(new()
        {
            Store = test.Database, Desk = new(test.Database, face, plans, holds: null), Log = Log, Http = Web,
        });
        _courier = new(new() { Store = test.Database, Face = face, Plans = plans, Ways = Carriers, Log = NullLogger.Instance });
    }

    public TestDatabase Test { get; }
    public TenantId Tenant { get; }
    public Centre Centre { get; } = new();
    /// <summary>Carriers by HTTP.</summary>
    public ScriptedWeb Web { get; } = new();
    public TextCarriers Carriers { get; }
    /// <summary>Of the carriers.</summary>
    public Lines Log { get; } = new();
    /// <summary>The first carrier.</summary>
    public Guid First { get; private set; }
    public TextBindStatus? Bind => Carriers.StatusOf(First);
    public FakeTimeProvider Clock => (FakeTimeProvider)Test.Time;

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    /// <param name="configure">What is different of the carrier; null leaves it.</param>
    /// <param name="between">Between the courier's start and the carriers', which else begin first; null for nothing.</param>
    public static async Task<CarrierRig> OpenAsync(Product product = Product.Sqlite, Func<TextCarrier, TextCarrier>? configure = null,
        Func<CarrierRig, Task>? before = null, Func<CarrierRig, Task>? between = null)
    {
        var test = await TestDatabase.OpenAsync(product);
        var tenant = await test.TenantAsync();
        await test.Database.Numbers.ImportAsync(
            [Imported.Number(new(Own, tenant, null) { MessagingProfile = Profile }, 1, test.Time.GetUtcNow())], Stop);
        var rig = new CarrierRig(test, tenant);
        rig.First = (await rig.AddAsync(configure ?? (static carrier => carrier), "first", rig.Centre)).Id;
        if (before is not null) await before(rig);
        if (between is null) rig.Carriers.Start();
        rig._courier.Start();
        if (between is null) return rig;
        await between(rig);
        rig.Carriers.Start();
        return rig;
    }

    public async Task<TextCarrier> AddAsync(Func<TextCarrier, TextCarrier> configure, string name, Centre centre)
    {
        var carrier = configure(new()
        {
            Id = Guid.CreateVersion7(Clock.GetUtcNow()), Name = name, Host = "127.0.0.1", Port = centre.Port, SystemId = "ringwright",
            Password = "a secret", Prefixes = ["+"], Rate = 1_000,
        });
        await Test.Database.TextCarriers.InsertAsync(carrier, Stop);
        return carrier;
    }

    public Task<TextBindStatus> WhenAsync(Func<TextBindStatus, bool> so) => Eventually.SomeAsync(
        () => new ValueTask<TextBindStatus?>(Bind is { } status && so(status) ? status : null), () => $"the bind is {Bind}");

    /// <summary>The clock goes on only where the bind waits to be made again: what waits for the centre has all the time.</summary>
    public Task PassAsync(Func<bool> so) => Eventually.TrueAsync(() =>
    {
        if (so()) return true;
        if (Bind is { State: TextBindState.Waiting }) Clock.Advance(TimeSpan.FromSeconds(1));
        return false;
    }, () => $"the bind is {Bind}");

    public async Task<Guid> SendAsync(string words = "Hello", string to = Person, bool isWide = false)
    {
        var (now, cut) = (Clock.GetUtcNow(), isWide ? TextCut.As(TextEncoding.Ucs2, words) : TextCut.Of(words));
        var text = new TextMessage
        {
            Id = Guid.CreateVersion7(now), Tenant = Tenant, Direction = Direction.Outbound, State = TextState.Queued, From = Own, To = to,
            Profile = Profile, Words = words, Encoding = cut.Encoding, Parts = cut.Parts.Count, DueAt = now, ReceivedAt = now,
            ValidUntil = now + TimeSpan.FromHours(1), Price = new(PartMicros, "USD"),
        };
        await Test.Database.Texts.AddAsync(text, default, null, Stop);
        return text.Id;
    }

    public Task<TextMessage> WhenAsync(Guid text, Func<TextMessage, bool> so) => Eventually.SomeAsync(async () =>
        await Test.Database.Texts.FindAsync(Tenant, text, Stop) is { } now && so(now) ? now : null, "the text is so");

    public Task<TextMessage> WhenAsync(Guid text, TextState state) => WhenAsync(text, now => now.State == state);

    /// <summary>Steps the clock until it is so: whatever waits in between has its turn.</summary>
    public Task<TextMessage> PassAsync(Guid text, TimeSpan step, Func<TextMessage, bool> so) => Eventually.SomeAsync(async () =>
    {
        if (await Test.Database.Texts.FindAsync(Tenant, text, Stop) is { } now && so(now)) return now;
        Clock.Advance(step);
        return null;
    }, "the text is so one day");

    public async Task<IReadOnlyList<TextMessage>> ReceivedAsync() =>
        (await Test.Database.Texts.ListAsync(Tenant, new() { Direction = Direction.Inbound }, Stop)).Rows;

    public async Task<long> CountAsync(string of) =>
        long.Parse((await Test.QueryAsync($"select cast(count(*) as text) from {of}")).Single());

    /// <summary>What the account was told of a text, in order.</summary>
    public async Task<string> ToldAsync(Guid text) =>
        string.Join(' ', await Test.QueryAsync($"select event_type from rw_outbox where order_key = '{text}' order by seq"));

    /// <summary>Parts that were charged.</summary>
    public async Task<long> PaidAsync() => -long.Parse(
        (await Test.QueryAsync("select cast(coalesce(sum(amount_micros), 0) as text) from rw_money_entry where kind = 'charge'")).Single())
        / PartMicros;

    public static SmppMessage Words(string words, string from = Person, string to = Own) =>
        new() { From = SmppAddress.Of(from), To = SmppAddress.Of(to), Text = Encoding.ASCII.GetBytes(words) };

    public async ValueTask DisposeAsync()
    {
        await _courier.DisposeAsync();
        await Carriers.DisposeAsync();
        await Centre.DisposeAsync();
        await Test.DisposeAsync();
    }

    internal sealed class OneProfile : ITextFace
    {
        public ValueTask<TextRules?> FindAsync(TenantId tenant, Guid profile, string number, CancellationToken stop) =>
            new(new TextRules { IsEnabled = true, Facts = [], Words = [] });

        public IReadOnlyList<OutboxMessage> Tell(TextMessage text, TextNews news) =>
        [
            new()
            {
                Id = Guid.NewGuid(), Tenant = text.Tenant, OrderKey = $"{text.Id}", Format = "telnyx", EventType = $"{news}:{text.State}",
                Url = "https://example.com/hook", OccurredAt = text.ReceivedAt, Body = "{}",
            },
        ];
    }
}
