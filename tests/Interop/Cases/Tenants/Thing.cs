namespace Ringwright.Interop.Cases;

/// <summary>What an account can have, and a path or a field can name.</summary>
internal enum Thing
{
    /// <summary>Nothing that is kept here: free text, or the name of something that does not exist on this node.</summary>
    None,
    Profile, Application, DocumentApplication, CredentialConnection, IpConnection, FqdnConnection, Ip, Fqdn, Credential, Number, Media,
    Call, Recording, Transcription, SiprecConnector, Delivery, BillingGroup, Secret, Provider, AccessAddress, AccessRange, ManagedAccount,
    MessagingProfile, CsvDownload, NumbersJob,
}
