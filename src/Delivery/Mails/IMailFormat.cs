using Ringwright.Calls;

namespace Ringwright.Delivery.Mails;

/// <summary>How a dialect's messages read as mail. Pure. Found by <see cref="OutboxMessage.Format"/>.</summary>
public interface IMailFormat
{
    string Name { get; }

    MailText Write(OutboxMessage message);
}

/// <summary>What a mail says.</summary>
public sealed record MailText(string Subject, string Text);
