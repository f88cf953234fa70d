using System.Text.Json.Nodes;
using Ringwright.Calls;
using Ringwright.Core;
using Ringwright.Store.Resources;
using Ringwright.Telnyx.Connections;
using Ringwright.Telnyx.Faces;
using Ringwright.Telnyx.Numbers;
using Ringwright.Telnyx.Voice;

namespace Ringwright.Edge.Telnyx;

/// <summary>
/// What a dialect's document says of a record is what the dialect reads from it, whoever has changed the record,
/// and whatever words the document had before.
/// </summary>
public sealed class FaceTests
{
    private const int Seeds = 400;
    private static readonly TenantId Tenant = new(Guid.Parse("11111111-1111-1111-1111-111111111111"));
    private static readonly DateTimeOffset At = new(2026, 1, 6, 15, 0, 0, TimeSpan.Zero);

    [Fact]
    public void A_number_reads_as_it_was_written() => Check(Number, NumberFace.Write, PhoneNumbers.View);

    [Fact]
    public void A_profile_reads_as_it_was_written() => Check(Profile, ProfileFace.Write, OutboundVoiceProfiles.View);

    [Fact]
    public void A_sip_user_reads_as_it_was_written() => Check(User, SipUserFace.Write, TelephonyCredentials.View);

    [Fact]
    public void An_application_reads_as_it_was_written() =>
        Check(random => Connection(random, ConnectionKind.CallControl), ConnectionFace.Write, CallControlApplications.View);

    [Fact]
    public void An_application_of_documents_reads_as_it_was_written() => Check(random => Connection(random, ConnectionKind.Document) with
    {
        Application = new(ApplicationKind.Document),
        WebhookMethod = Flip(random) ? "GET" : "POST",
        StatusUrl = MaybeOne(random, "https://example.com/" + Text(random)),
        StatusMethod = Flip(random) ? "GET" : "POST",
        // The contract has no words for these here.
        WebhookTimeout = null,
        WebhookVersion = "2",
        WebhookRetries = null,
        RtpTimeoutSeconds = null,
        HeldRtpTimeoutSeconds = null,
        HoldMusic = null,
        IsDtmfRedacted = false,
        TellsCost = false,
    }, ConnectionFace.Write, TexmlApplications.View);

    [Fact]
    public void Equipment_reads_as_it_was_written()
    {
        Check(random => Connection(random, ConnectionKind.Credential), ConnectionFace.Write, CredentialConnections.View);
        Check(random => Connection(random, ConnectionKind.Ip), ConnectionFace.Write, IpConnections.View);
        Check(random => Connection(random, ConnectionKind.Fqdn), ConnectionFace.Write, FqdnConnections.View);
    }

    [Fact]
    public void Words_that_mean_the_same_are_left_alone()
    {
        var document = JsonNode.Parse(
            """{"application_name":"A","webhook_event_url":null,"active":true,"inbound":{"sip_subdomain":"","channel_limit":null},"custom":"ours"}""")!
            .AsObject();
        string before = document.ToJsonString();
        var record = CallControlApplications.View.Read(Row("5", document));
        Assert.Equal(before, ConnectionFace.Write(record, document, At)!.ToJsonString());
        Assert.Equal(before.Replace("\"A\"", "\"B\""), ConnectionFace.Write(record with { Name = "B" }, document, At)!.ToJsonString());
    }

    [Fact]
    public void No_document_holds_a_password()
    {
        var phone = Connection(new(1), ConnectionKind.Credential);
        Assert.DoesNotContain(phone.Sip!.Password!, ConnectionFace.Write(phone, null, At)!.ToJsonString());
        var user = User(new(1));
        Assert.DoesNotContain(user.Password, SipUserFace.Write(user, null, At).ToJsonString());
    }

    /// <summary>Ten records one after another into one document, for each seed.</summary>
    private static void Check<T>(Func<Random, T> make, Face<T> write, ResourceView<T> view)
    {
        for (int seed = 0; seed < Seeds; seed++)
        {
            var random = new Random(seed);
            JsonObject? document = null;
            for (int step = 0; step < 10; step++)
            {
                var record = make(random);
                document = write(record, document, At)!;
                // As the store keeps it, and with the password that the store lays over it.
                document = JsonNode.Parse(document.ToJsonString())!.AsObject();
                var body = document.DeepClone().AsObject();
                if (view.Secret is { } secret) body[secret] = Secret;
                string id = record is SipUser { Credential: { } uuid } ? uuid.ToString() : "5";
                Assert.True(Words(record) == Words(view.Keep(record, view.Read(Row(id, body)))),
                    $"seed {seed}, step {step}:\n{Words(record)}\n{Words(view.Read(Row(id, body)))}\n{document}");
            }
        }
    }

    private const string Secret = "a password";

    private static string Words<T>(T record) => System.Text.Json.JsonSerializer.Serialize(record);

    private static ResourceRow Row(string id, JsonObject body) =>
        new() { Id = id, Tenant = Tenant, Body = body, CreatedAt = At, UpdatedAt = At };

    private static TValue? Maybe<TValue>(Random random, TValue value) where TValue : struct => random.Next(2) == 0 ? value : null;

    private static TValue? MaybeOne<TValue>(Random random, TValue value) where TValue : class => random.Next(2) == 0 ? value : null;

    private static bool Flip(Random random) => random.Next(2) == 0;

    private static string Text(Random random) => random.GetString("abcdefgh", 6);

    private static Number Number(Random random) =>
        new("+1555" + random.Next(1_000_000, 9_999_999), Tenant, Maybe(random, new ConnectionId(random.Next(1, 1000))))
        {
            IsPortedOut = Flip(random),
            Country = MaybeOne(random, random.GetItems(["US", "DE", "GB"], 1)[0]),
            Tags = [.. Enumerable.Range(0, random.Next(3)).Select(_ => Text(random))],
            BillingGroup = MaybeOne(random, Text(random)),
            Voice = new()
            {
                TranslatedNumber = MaybeOne(random, Text(random)),
                Forwarding = MaybeOne(random, new Forwarding("+15550100001", Flip(random))),
                IsRtpFixed = Flip(random),
                Recording = MaybeOne(random, new AutoRecording(Flip(random) ? "wav" : "mp3", Flip(random))),
                IsPaidByChannel = Flip(random),
            },
        };

    private static OutboundProfile Profile(Random random) => new()
    {
        Id = 5,
        Tenant = Tenant,
        Name = Text(random),
        IsEnabled = Flip(random),
        Tags = [.. Enumerable.Range(0, random.Next(3)).Select(_ => Text(random))],
        ConcurrentCallLimit = Maybe(random, random.Next(100)),
        Destinations = [.. random.GetItems(["US", "DE", "GB", "SIP"], random.Next(4))],
        DailySpendLimitMicros = Maybe(random, random.NextInt64(1_000_000_000_000)),
        MaxRateMicros = Maybe(random, random.NextInt64(10_000_000)),
        BillingGroup = MaybeOne(random, Text(random)),
        Recording = random.Next(3) switch
        {
            0 => null,
            1 => new(new(Flip(random) ? "wav" : "mp3", Flip(random))),
            _ => new(new(Flip(random) ? "wav" : "mp3", Flip(random)))
            {
                IsByCaller = true, Callers = [.. Enumerable.Range(0, random.Next(3)).Select(i => $"+1555010000{i}")]
            },
        },
    };

    private static SipUser User(Random random) => new()
    {
        Name = Text(random),
        Password = Secret,
        Tenant = Tenant,
        Connection = new(random.Next(1, 1000)),
        Credential = Guid.Parse("22222222-2222-2222-2222-222222222222"),
        ExpiresAt = Maybe(random, At.AddTicks(random.NextInt64(1_000_000_000) * 10)),
    };

    private static Connection Connection(Random random, ConnectionKind kind)
    {
        var connection = new Connection
        {
            Id = new(5),
            Tenant = Tenant,
            Kind = kind,
            Name = Text(random),
            IsActive = Flip(random),
            Application =
                kind is ConnectionKind.CallControl && Flip(random) ? new(ApplicationKind.Script, Text(random)) : Application.Webhook,
            WebhookUrl = MaybeOne(random, "https://example.com/" + Text(random)),
            WebhookFailoverUrl = MaybeOne(random, "https://example.com/" + Text(random)),
            WebhookTimeout = Maybe(random, TimeSpan.FromSeconds(random.Next(1, 30))),
            WebhookVersion = Flip(random) ? "1" : "2",
            WebhookRetries = Maybe(random, Flip(random) ? RetrySchedule.Long : RetrySchedule.Short),
            InboundChannelLimit = Maybe(random, random.Next(50)),
            OutboundChannelLimit = Maybe(random, random.Next(50)),
            OutboundProfile = Maybe(random, (long)random.Next(1, 1000)),
            Digits = random.GetItems(Enum.GetValues<DigitMethod>(), 1)[0],
            RtpTimeoutSeconds = Maybe(random, random.Next(100)),
            HeldRtpTimeoutSeconds = Maybe(random, random.Next(100)),
            HoldMusic = MaybeOne(random, Text(random)),
            Subdomain = MaybeOne(random, Text(random)),
            IsSubdomainOpen = Flip(random),
            FirstCommandTimeout = Maybe(random, TimeSpan.FromSeconds(random.Next(1, 3600))),
            IsDtmfRedacted = Flip(random),
            TellsCost = Flip(random),
        };
        return connection.IsEquipment ? connection with
        {
            Codecs = [.. random.GetItems(["PCMU", "PCMA", "G722", "opus", "L16"], random.Next(1, 4)).Distinct()],
            Sip = Sip(random, kind)
        } : connection;
    }

    private static SipConnection Sip(Random random, ConnectionKind kind)
    {
        bool isDigest = kind is ConnectionKind.Credential || (kind is ConnectionKind.Fqdn && Flip(random));
        return new()
        {
            UserName = isDigest ? Text(random) : null,
            Password = isDigest ? Secret : null,
            UriCalling =
                kind is ConnectionKind.Credential ? random.GetItems(Enum.GetValues<SipUriCalling>(), 1)[0] : SipUriCalling.Disabled,
            IsSrtpRequired = Flip(random),
            IsRtpFixed = Flip(random),
            Transport = random.GetItems(["UDP", "TCP", "TLS"], 1)[0],
            Delivery = new()
            {
                CalledFormat = random.GetItems(Enum.GetValues<CalledFormat>(), 1)[0],
                ProvisionalTimeout = TimeSpan.FromSeconds(random.Next(1, 10)),
                AnswerTimeout = TimeSpan.FromSeconds(random.Next(1, 120)),
                IsPrackEnabled = Flip(random),
                IsRoundRobin = Flip(random),
                Preferred =
                    kind is ConnectionKind.Credential ? [] : [.. Enumerable.Range(0, random.Next(3)).Select(_ => random.NextInt64(1, 99))],
            },
            Origination = new()
            {
                IsDigestRequired = isDigest,
                TechPrefix = MaybeOne(random, random.Next(1000, 9999).ToString()),
                Token = kind is ConnectionKind.Ip ? MaybeOne(random, Text(random)) : null,
                CallerOverride = MaybeOne(random, "+15550100009"),
                CallerOverrideUse = random.GetItems(Enum.GetValues<CallerOverrideUse>(), 1)[0],
                IsParked = Flip(random),
                Localization = MaybeOne(random, "DE"),
            },
        };
    }
}
