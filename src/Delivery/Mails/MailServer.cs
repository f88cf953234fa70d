namespace Ringwright.Delivery.Mails;

/// <summary>The mail server that this installation sends by.</summary>
public sealed record MailServer
{
    public required string Host { get; init; }
    public required int Port { get; init; }
    /// <summary>TLS from the first byte (RFC 8314 section 3.3). Else STARTTLS, which is demanded where a password is to be sent.</summary>
    public bool IsTls { get; init; }
    public string? User { get; init; }
    public string? Password { get; init; }
    /// <summary>Who the mails are from.</summary>
    public required string From { get; init; }
}
