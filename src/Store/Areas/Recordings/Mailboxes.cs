using Ringwright.Calls;
using Ringwright.Core;
using Ringwright.Store.Audit;
using Ringwright.Store.Blobs;
using Ringwright.Store.Tables;

namespace Ringwright.Store.Recordings;

/// <summary>Messages with their files, and the lamps that tell of them: those of the phone behind the number.</summary>
public sealed class Mailboxes : IMailboxes
{
    private readonly MailboxTable _settings;
    private readonly MessageTable _messages;
    private readonly WaitingMessageTable _waiting;
    private readonly IBlobs _blobs;
    private readonly Routing _routing;
    /// <summary>Who counts writes what he has counted before anybody else counts.</summary>
    private readonly SemaphoreSlim _lamps = new(1);

    internal Mailboxes(MailboxTable settings, MessageTable messages, WaitingMessageTable waiting, IBlobs blobs, Routing routing) =>
        (_settings, _messages, _waiting, _blobs, _routing) = (settings, messages, waiting, blobs, routing);

    public async ValueTask<IReadOnlyList<VoiceMessage>> ListAsync(VoiceMailbox mailbox, CancellationToken stop) =>
        (await _messages.ListAsync(mailbox, 0, 2 * MailboxLimits.Messages, stop).ConfigureAwait(false)).Messages;

    public ValueTask<PinJudged> JudgeAsync(VoiceMailbox mailbox, string pin, CancellationToken stop) =>
        _settings.JudgeAsync(mailbox.Tenant, mailbox.Number, pin, stop);

    public async ValueTask MarkHeardAsync(VoiceMailbox mailbox, Guid message, CancellationToken stop)
    {
        await _messages.MarkHeardAsync(mailbox, message, stop).ConfigureAwait(false);
        await TellAsync(mailbox, stop).ConfigureAwait(false);
    }

    public ValueTask<bool> DeleteAsync(VoiceMailbox mailbox, Guid message, CancellationToken stop) =>
        DeleteAsync(mailbox, message, note: null, stop);

    /// <param name="note">For the account's trail, when a person has deleted it by an API.</param>
    /// <exception cref="BlobStoreException">Nothing has changed.</exception>
    public async ValueTask<bool> DeleteAsync(VoiceMailbox mailbox, Guid message, AuditNote? note, CancellationToken stop)
    {
        if (!(await ListAsync(mailbox, stop).ConfigureAwait(false)).Any(kept => kept.Id == message)) return false;
        // The file goes first: should the store be away, the message is still there to be deleted again.
        await _blobs.DeleteAsync(FileOf(mailbox.Tenant, message), stop).ConfigureAwait(false);
        bool isGone = await _messages.DeleteAsync(mailbox, message, note, stop).ConfigureAwait(false);
        await TellAsync(mailbox, stop).ConfigureAwait(false);
        return isGone;
    }

    /// <summary>The WAV file of one; null when there is none.</summary>
    public async ValueTask<byte[]?> ReadAsync(VoiceMailbox mailbox, Guid message, CancellationToken stop) =>
        (await ListAsync(mailbox, stop).ConfigureAwait(false)).Any(kept => kept.Id == message)
            ? await _blobs.ReadAsync(FileOf(mailbox.Tenant, message), stop).ConfigureAwait(false) : null;

    /// <summary>The lamps of the number's phone show what there is now.</summary>
    internal async ValueTask TellAsync(VoiceMailbox mailbox, CancellationToken stop)
    {
        if (_routing.Current.FindOwnNumber(mailbox.Number) is not { Connection: { } connection } number || number.Tenant != mailbox.Tenant
            || _routing.Current.FindConnection(number.Tenant, connection)?.Sip?.UserName is not { } user) return;
        await _lamps.WaitAsync(stop).ConfigureAwait(false);
        try
        {
            var (unheard, heard) = await _messages.CountAsync(number.Tenant, connection, stop).ConfigureAwait(false);
            var waiting = new WaitingMessages(number.Tenant, user) { New = unheard, Old = heard };
            if (waiting != (_routing.Current.FindMessages(number.Tenant, user) ?? new(number.Tenant, user)))
                await _waiting.SetAsync(waiting, stop).ConfigureAwait(false);
        }
        finally
        {
            _lamps.Release();
        }
    }

    /// <summary>All lamps: for a start, and when messages have gone because they were old.</summary>
    internal async ValueTask TellAllAsync(CancellationToken stop)
    {
        foreach (var mailbox in _routing.Current.Mailboxes) await TellAsync(mailbox, stop).ConfigureAwait(false);
    }

    private static BlobKey FileOf(TenantId tenant, Guid message) => BlobKey.OfRecording(tenant, message, RecordFormat.Wav);
}
