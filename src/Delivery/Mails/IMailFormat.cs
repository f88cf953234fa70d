using Ringwright.Calls;
using Ringwright.Store.Blobs;

namespace Ringwright.Delivery.Mails;

/// <summary>How a dialect's messages read as mail. Pure. Found by <see cref="OutboxMessage.Format"/>.</summary>
public interface IMailFormat
{
    string Name { get; }

    MailText Write(OutboxMessage message);
}

/// <summary>What a mail says.</summary>
public sealed record MailText(string Subject, string Text)
{
    /// <summary>The text is HTML; else it is plain.</summary>
    public bool IsHtml { get; init; }

    /// <summary>What goes with it; each is read when the mail is sent.</summary>
    public IReadOnlyList<MailFile> Files { get; init; } = [];
}

/// <summary>A file that the node keeps. A small one: a mail is in memory as a whole.</summary>
/// <param name="Name">What it is called where it arrives: ASCII letters, digits, dots and dashes.</param>
/// <param name="Type">Its media type.</param>
public sealed record MailFile(BlobKey Key, string Name, string Type);
