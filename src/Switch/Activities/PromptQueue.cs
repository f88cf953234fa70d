using Ringwright.Calls;
using Ringwright.Core;
using Ringwright.Media.Protocol;

namespace Ringwright.Switch.Activities;

/// <summary>
/// The one queue of sounds of a leg, or of a conference: its head is being prepared or plays, the rest waits. What comes next is prepared
/// ahead, so that prompts follow each other without a gap; pieces of one text go to media ahead, and follow each other to the sample.
/// </summary>
/// <param name="isOverlay">They are heard over those of another queue.</param>
internal sealed class PromptQueue(IPromptHost host, bool isOverlay = false)
{
    private readonly LinkedList<Prompt> _queue = [];
    private bool _isPaused;

    public bool IsEmpty => _queue.Count == 0;
    public bool HasRoom => _queue.Count < CallLimits.QueuedPrompts;

    /// <summary>False when the queue is full; then nothing changed.</summary>
    public bool TryStart(Prompt prompt, StopWhat stop)
    {
        if (stop is not StopWhat.All && !HasRoom) return false;
        Stop(stop, advance: false);
        _queue.AddLast(prompt);
        Advance();
        return true;
    }

    /// <summary>The running one ends with the status; with <see cref="StopWhat.All"/> those behind it vanish without a word.</summary>
    public void Stop(StopWhat what, PlayStatus status = PlayStatus.Cancelled) => Stop(what, advance: true, status);

    /// <summary>What plays waits where it is, as does what comes to its place; until it is let go on, or stopped.</summary>
    public void Pause(bool isOn)
    {
        if (_isPaused == isOn) return;
        _isPaused = isOn;
        if (_queue.First?.Value is not { Piece.Stage: PromptStage.Playing } head) return;
        Hold(head);
        head.OnPaused(isOn);
    }

    /// <summary>Takes back one entry, running or not; its owner is not told.</summary>
    public void Withdraw(Prompt prompt)
    {
        if (!_queue.Remove(prompt)) return;
        Silence(prompt);
        Advance();
    }

    /// <summary>One entry is not to be heard, or no longer; it ends cancelled if it has begun, else it vanishes.</summary>
    public void Cancel(Prompt prompt)
    {
        if (!_queue.Remove(prompt)) return;
        Silence(prompt);
        if (prompt.HasStarted) Finish(prompt, PlayStatus.Cancelled, null);
        else
        {
            prompt.IsEnded = true;
            prompt.OnDropped();
        }
        Advance();
    }

    public void OnPrepared(int correlation, PromptResult result)
    {
        if (Find(correlation) is not { } piece) return;        // withdrawn meanwhile: normal
        piece.Stage = PromptStage.Ready;
        (piece.File, piece.Length, piece.Warning) = (result.Prompt?.File, result.Prompt?.Duration, result.Warning);
        piece.Failure = result.Prompt is null ? result : null;     // told in its turn, so that events keep the order of the queue
        Advance();
    }

    public void OnPlayEnded(Guid id, bool isFailed)
    {
        if (_queue.First?.Value is not { Piece.Stage: PromptStage.Playing } head || head.Piece.MediaId != id) return;
        if (isFailed)
        {
            Silence(head);
            End(head, PlayStatus.Failed, "The prompt file could not be played.");
        }
        else if (!head.TryStep()) End(head, PlayStatus.Completed, null);
        // It has begun in the tick in which the other was over, which the pause was for.
        else if (_isPaused && head.Piece.Stage is PromptStage.Playing) Hold(head);
        Advance();
    }

    /// <summary>The leg's codec changed: files in the old one are useless. What plays starts over.</summary>
    public void OnCodecChanged()
    {
        foreach (var prompt in _queue)
        {
            if (prompt.Piece.Stage is PromptStage.Waiting || prompt.Piece.Codec == host.Codec) continue;
            Silence(prompt);
            prompt.Piece.Stage = PromptStage.Waiting;
            if (prompt.Next is { } next) next.Stage = PromptStage.Waiting;
        }
        Advance();
    }

    /// <summary>The call is over: the running one ends so, the others vanish.</summary>
    public void HangUp()
    {
        var head = _queue.First?.Value;
        _queue.Clear();
        if (head is not null) Finish(head, PlayStatus.CallHangup, null);
    }

    private void Stop(StopWhat what, bool advance, PlayStatus status = PlayStatus.Cancelled)
    {
        if (what is StopWhat.Nothing) return;
        _isPaused = false;
        if (_queue.First?.Value is not { } head) return;
        _queue.RemoveFirst();
        Prompt[] dropped = what is StopWhat.All ? [.. _queue] : [];
        foreach (var prompt in dropped) _queue.Remove(prompt);
        Silence(head);
        Finish(head, status, null);
        foreach (var prompt in dropped)
        {
            prompt.IsEnded = true;
            prompt.OnDropped();
        }
        if (advance) Advance();
    }

    private void Advance()
    {
        while (_queue.First?.Value is { } head)
        {
            var piece = head.Piece;
            if (piece.Stage is PromptStage.Waiting) Prepare(piece);
            if ((head.Next ?? _queue.First.Next?.Value.Piece) is { Stage: PromptStage.Waiting } next) Prepare(next);
            if (piece.Stage is PromptStage.Playing) Follow(head);
            if (piece.Stage is not PromptStage.Ready) return;

            if (piece.Failure is { } failure)
            {
                if (head.TryLeaveOut()) continue;
                End(head, failure.Failure is PromptFailure.NotFound ? PlayStatus.FileNotFound : PlayStatus.Failed, failure.Detail);
                continue;
            }
            Play(piece, head.HasStarted ? host.NewId() : head.Id, behind: default);
            if (_isPaused) Hold(head);
            if (!head.HasStarted)
            {
                head.HasStarted = true;
                head.OnStarted();
                if (_isPaused) head.OnPaused(isOn: true);
            }
            Follow(head);
            return;
        }
    }

    /// <summary>The next piece goes to media as soon as it is ready, and begins in the tick in which this one is over.</summary>
    private void Follow(Prompt head)
    {
        if (head.Next is { Stage: PromptStage.Ready, Failure: null } next) Play(next, host.NewId(), behind: head.Piece.MediaId);
    }

    private void Play(PromptPiece piece, Guid id, Guid behind)
    {
        piece.Stage = PromptStage.Playing;
        piece.MediaId = id;
        // Ready without failure has a file
        host.Post(new MediaCommand.Play(host.Port, id, piece.File!, piece.Loops) { IsOverlay = isOverlay, Behind = behind });
    }

    private void Hold(Prompt head) => host.Post(new MediaCommand.PausePlay(host.Port, head.Piece.MediaId, _isPaused));

    private void Prepare(PromptPiece piece)
    {
        piece.Stage = PromptStage.Preparing;
        piece.Codec = host.Codec;
        piece.Correlation = host.Prepare(piece.Source, host.Codec);
    }

    private void Silence(Prompt prompt)
    {
        // What is to follow goes first, so that it never begins.
        if (prompt.Next is { Stage: PromptStage.Playing } next) host.Post(new MediaCommand.StopPlay(host.Port, next.MediaId));
        if (prompt.Piece.Stage is PromptStage.Playing) host.Post(new MediaCommand.StopPlay(host.Port, prompt.Piece.MediaId));
    }

    private void End(Prompt head, PlayStatus status, string? detail)
    {
        _queue.RemoveFirst();
        Finish(head, status, detail);
    }

    private void Finish(Prompt prompt, PlayStatus status, string? detail)
    {
        prompt.IsEnded = true;
        prompt.OnEnded(status, detail);
    }

    private PromptPiece? Find(int correlation)
    {
        foreach (var prompt in _queue)
        {
            if (prompt.Piece is { Stage: PromptStage.Preparing } piece && piece.Correlation == correlation) return piece;
            if (prompt.Next is { Stage: PromptStage.Preparing } next && next.Correlation == correlation) return next;
        }
        return null;
    }
}
