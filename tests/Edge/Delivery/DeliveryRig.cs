using System.Text;
using Microsoft.Extensions.Logging.Abstractions;
using Ringwright.Calls;
using Ringwright.Core;
using Ringwright.Delivery;
using Ringwright.Delivery.Mails;
using Ringwright.Edge.Faults;
using Ringwright.Edge.Store;
using Ringwright.Egress;
using Ringwright.Store;
using Ringwright.Store.Blobs;
using Ringwright.Store.Tables;
using Ringwright.Testing;

namespace Ringwright.Edge.Delivery;

/// <summary>A dispatcher over a real database and the real network; it can be killed and started again.</summary>
internal sealed class DeliveryRig : IAsyncDisposable
{
    public static readonly DeliveryOptions Quick =
        new() { Waits = [TimeSpan.Zero, TimeSpan.Zero], MailWaits = [TimeSpan.Zero, TimeSpan.Zero] };

    private readonly DeliveryOptions _options;
    private readonly EgressClient _egress;
    private readonly MailServer? _mail;

    private DeliveryRig(TestDatabase test, TenantId tenant, DeliveryOptions options, MailServer? mail)
    {
        (Test, Tenant, _options, _mail) = (test, tenant, options, mail);
        // Real time on the wire, the test's own for waits.
        _egress = new(new() { IsLoopbackAllowed = true }, TimeProvider.System);
        Dispatcher = Make();
    }

    public TestDatabase Test { get; }
    public TenantId Tenant { get; }
    public FakeTimeProvider Time => (FakeTimeProvider)Test.Time;
    public WebhookDispatcher Dispatcher { get; private set; }
    public WebhookWriter Writer => new(Test.Database, [new PlainFormat { OnWrite = message => OnWrite(message) }], TimeProvider.System);
    public Lines Log { get; } = new();

    /// <summary>Before the body of an attempt is written.</summary>
    public Action<OutboxMessage> OnWrite { get; set; } = static _ => { };

    /// <summary>What else is to be sent when a message is given up.</summary>
    public Func<OutboxEntry, DeliveryAttempt, IReadOnlyList<OutboxMessage>>? GivenUp { get; set; }

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    public static async Task<DeliveryRig> StartAsync(Product product, DeliveryOptions? options = null, MailServer? mail = null,
        Func<DatabaseOptions, DatabaseOptions>? configure = null)
    {
        var test = await TestDatabase.OpenAsync(product, configure: configure);
        var node = new DeliveryRig(test, await test.TenantAsync(), options ?? Quick, mail);
        node.Dispatcher.Start();
        return node;
    }

    public OutboxMessage Message(string url, string body = "{}") => new()
    {
        Id = Guid.NewGuid(),
        Tenant = Tenant,
        OrderKey = "leg",
        Format = "plain",
        EventType = "test.happened",
        Url = url,
        Timeout = TimeSpan.FromSeconds(20),
        OccurredAt = Time.GetUtcNow(),
        Body = body,
    };

    public Task SendAsync(params OutboxMessage[] messages) => Test.Database.Outbox.AddAsync(messages, Stop).AsTask();

    public Task<WebhookDelivery> FinishedAsync(OutboxMessage message) => Eventually.SomeAsync(async () =>
        (await Test.Database.Deliveries.ListAsync(Tenant, new() { Limit = 100 }, Stop)).Rows.FirstOrDefault(d => d.Message == message.Id),
        $"{message.Id} is finished");

    public async Task KillAsync() => await Dispatcher.DisposeAsync();

    public async Task RestartAsync()
    {
        await Dispatcher.DisposeAsync();
        await Test.ReopenAsync();
        Dispatcher = Make();
        Dispatcher.Start();
    }

    public async ValueTask DisposeAsync()
    {
        await Dispatcher.DisposeAsync();
        _egress.Dispose();
        await Test.DisposeAsync();
    }

    private WebhookDispatcher Make()
    {
        var sender = new MessageSender(_egress, Writer, _options)
        {
            Mails = _mail is null ? null : new(_mail, [new PlainFormat()], Test.Database.Blobs),
        };
        return new(Test.Database, sender, _options, Time, Log) { GivenUp = (entry, last) => GivenUp?.Invoke(entry, last) ?? [] };
    }
}

internal sealed class PlainFormat : IWebhookFormat, IMailFormat
{
    public Action<OutboxMessage> OnWrite { get; init; } = static _ => { };

    public string Name => "plain";
    public string UserAgent => "plain/1";
    public string SignatureHeader => "plain-signature";
    public string TimestampHeader => "plain-timestamp";

    public byte[] Write(OutboxMessage message, int attempt, string url)
    {
        OnWrite(message);
        return Encoding.UTF8.GetBytes($$"""{"data":{{message.Body}},"attempt":{{attempt}},"to":"{{url}}"}""");
    }

    MailText IMailFormat.Write(OutboxMessage message) =>
        new("Grüße von " + message.EventType, $"One line.\n.\n.. three dots and ü\n{message.Body}\n")
        {
            Files = message.EventType == Recorded ? [new(SoundOf(message), "call.wav", "audio/wav")] : [],
        };

    /// <summary>A mail of this event has a file, which is kept under the message's id.</summary>
    public const string Recorded = "test.recorded";

    public static BlobKey SoundOf(OutboxMessage message) => BlobKey.OfRecording(message.Tenant, message.Id, RecordFormat.Wav);
}
