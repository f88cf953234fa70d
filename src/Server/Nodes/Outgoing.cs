using Ringwright.Delivery;
using Ringwright.Delivery.Mails;
using Ringwright.Delivery.Streams;
using Ringwright.Egress;
using Ringwright.Store;
using Ringwright.Telnyx;
using Ringwright.Telnyx.Account.Notifications;

namespace Ringwright.Server.Nodes;

/// <summary>What carries events to customers: webhooks, mails, and the streams of those who listen; and what notices of what they want to be told.</summary>
internal sealed class Outgoing
{
    private readonly WebhookDispatcher _dispatcher;

    private Outgoing(Database database, EgressClient egress, int connections, MailServer? mail, TimeProvider clock, ILoggerFactory loggers)
    {
        Notifier = new(database, mail is not null, clock, loggers.CreateLogger("Ringwright.Telnyx"));
        var writer = new WebhookWriter(database, [new TelnyxWebhookFormat()], clock);
        var options = DeliveryOptions.For(connections);
        var sender = new MessageSender(egress, writer, options) { Mails = mail is null ? null : new(mail, [new TelnyxMailFormat()]) };
        _dispatcher = new(database, sender, options, clock, loggers.CreateLogger("Ringwright.Delivery")) { GivenUp = Notifier.GivenUp };
        Events = new(database, writer, clock);
    }

    public EventStream Events { get; }
    public Notifier Notifier { get; }

    /// <param name="connections">That <paramref name="egress"/> may have at the same time.</param>
    /// <param name="mail">Null sends no mail.</param>
    public static async Task<Outgoing> OpenAsync(Database database, EgressClient egress, int connections, MailServer? mail, TimeProvider clock, ILoggerFactory loggers, CancellationToken stop)
    {
        var outgoing = new Outgoing(database, egress, connections, mail, clock, loggers);
        await outgoing.Notifier.StartAsync(stop);
        return outgoing;
    }

    public void Start() => _dispatcher.Start();

    /// <summary>Gives what is committed <paramref name="drain"/> to go out; streams end after their last event.</summary>
    public async Task StopAsync(TimeSpan drain)
    {
        await Notifier.DisposeAsync();
        await _dispatcher.StopAsync(drain);
        await _dispatcher.DisposeAsync();
        Events.Close();
    }
}
