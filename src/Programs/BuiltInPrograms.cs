using System.Collections.Frozen;
using Ringwright.Calls;

namespace Ringwright.Programs;

/// <summary>The programs that every node has.</summary>
public static class BuiltInPrograms
{
    private static readonly FrozenDictionary<string, Func<Application, IMailboxes, ICallProgram>> ByKind =
        new Dictionary<string, Func<Application, IMailboxes, ICallProgram>>
        {
            [ApplicationKind.Echo] = static (_, _) => new EchoLine(),
            [ApplicationKind.Voicemail] = static (application, mailboxes) => new VoicemailLine(application.Target, mailboxes),
            [ApplicationKind.Mailbox] = static (application, mailboxes) => new MailboxMenu(application.Target, mailboxes),
        }.ToFrozenDictionary(StringComparer.Ordinal);

    /// <summary>A new one; null when there is none of that kind.</summary>
    public static ICallProgram? Create(Application application, IMailboxes mailboxes) =>
        ByKind.TryGetValue(application.Kind, out var create) ? create(application, mailboxes) : null;
}
