using Ringwright.Calls;
using Ringwright.Delivery;
using Ringwright.Delivery.Mails;
using Ringwright.Delivery.Streams;
using Ringwright.Egress;
using Ringwright.Server.Modules;
using Ringwright.Store;
using Ringwright.Store.Tables;

namespace Ringwright.Server.Nodes;

/// <summary>
/// What carries events to customers: webhooks, mails, and the streams of those who listen, in the formats of the modules.
/// </summary>
internal sealed class EventDelivery
{
    private readonly WebhookDispatcher _dispatcher;

    /// <param name="connections">That <paramref name="egress"/> may have at the same time.</param>
    /// <param name="mail">Null sends no mail.</param>
    /// <param name="givenUp">What is to be told when a message is given up.</param>
    /// <param name="rest">Between two looks at what rests on disk; null for what is usual.</param>
    public EventDelivery(Database database, EgressClient egress, int connections, MailServer? mail, Func<OutboxEntry, DeliveryAttempt,
        IReadOnlyList<OutboxMessage>> givenUp,
        TimeProvider clock, TimeSpan? rest, ILoggerFactory loggers)
    {
        var writer = new WebhookWriter(database, NodeModules.WebhookFormats, TimeProvider.System);      // receivers judge by theirs
        var options = DeliveryOptions.For(connections);
        if (rest is { } span) options = options with { LookEvery = span, Ahead = span + options.Ahead };
        var sender = new MessageSender(egress, writer, options)
        {
            Mails = mail is null ? null : new(mail, NodeModules.MailFormats(database), database.Blobs),
        };
        _dispatcher = new(database, sender, options, clock, loggers.CreateLogger("Ringwright.Delivery")) { GivenUp = givenUp };
        Events = new(database, writer, clock);
    }

    public EventStream Events { get; }

    /// <inheritdoc cref="WebhookDispatcher.HasWork"/>
    public bool HasWork => _dispatcher.HasWork;

    /// <inheritdoc cref="WebhookDispatcher.OldestWait"/>
    public TimeSpan OldestWait => _dispatcher.OldestWait;

    public void Start() => _dispatcher.Start();

    /// <summary>Gives what is committed <paramref name="drain"/> to go out; streams end after their last event.</summary>
    public async Task StopAsync(TimeSpan drain)
    {
        await _dispatcher.StopAsync(drain);
        await _dispatcher.DisposeAsync();
        Events.Close();
    }
}
