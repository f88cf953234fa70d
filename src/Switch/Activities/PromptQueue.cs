using Ringwright.Calls;
using Ringwright.Media.Protocol;

namespace Ringwright.Switch.Activities;

/// <summary>
/// The one queue of sounds of a leg, or of a conference: its head is being prepared or plays, the rest waits. The entry behind the head
/// is prepared ahead, so that prompts follow each other without a gap.
/// </summary>
/// <param name="isOverlay">They are heard over those of another queue.</param>
internal sealed class PromptQueue(IPromptHost host, bool isOverlay = false)
{
    private readonly LinkedList<Prompt> _queue = [];

    public bool IsEmpty => _queue.Count == 0;
    public bool HasRoom => _queue.Count < Limits.QueuedPrompts;

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
            prompt.Stage = PromptStage.Ended;
            prompt.OnDropped();
        }
        Advance();
    }

    public void OnPrepared(int correlation, PromptResult result)
    {
        if (Find(correlation) is not { } prompt) return;        // withdrawn meanwhile: normal
        prompt.Stage = PromptStage.Ready;
        prompt.File = result.Prompt?.File;
        prompt.Failure = result.Prompt is null ? result : null;     // told in its turn, so that events keep the order of the queue
        Advance();
    }

    public void OnPlayEnded(Guid id, bool isFailed)
    {
        if (_queue.First?.Value is not { Stage: PromptStage.Playing } head || head.MediaId != id) return;
        End(head, isFailed ? PlayStatus.Failed : PlayStatus.Completed, isFailed ? "The prompt file could not be played." : null);
        Advance();
    }

    /// <summary>The leg's codec changed: files in the old one are useless. What plays starts over.</summary>
    public void OnCodecChanged()
    {
        foreach (var prompt in _queue)
        {
            if (prompt.Stage is PromptStage.Waiting || prompt.Codec == host.Codec) continue;
            if (prompt.Stage is PromptStage.Playing) host.Post(new MediaCommand.StopPlay(host.Port, prompt.MediaId));
            prompt.Stage = PromptStage.Waiting;
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
        if (what is StopWhat.Nothing || _queue.First?.Value is not { } head) return;
        _queue.RemoveFirst();
        Prompt[] dropped = what is StopWhat.All ? [.. _queue] : [];
        foreach (var prompt in dropped) _queue.Remove(prompt);
        Silence(head);
        Finish(head, status, null);
        foreach (var prompt in dropped)
        {
            prompt.Stage = PromptStage.Ended;
            prompt.OnDropped();
        }
        if (advance) Advance();
    }

    private void Advance()
    {
        while (_queue.First?.Value is { } head)
        {
            if (head.Stage is PromptStage.Waiting) Prepare(head);
            if (_queue.First.Next?.Value is { Stage: PromptStage.Waiting } next) Prepare(next);
            if (head.Stage is not PromptStage.Ready) return;

            if (head.Failure is { } failure)
            {
                End(head, failure.Failure is PromptFailure.NotFound ? PlayStatus.FileNotFound : PlayStatus.Failed, failure.Detail);
                continue;
            }
            head.Stage = PromptStage.Playing;
            head.MediaId = head.HasStarted ? host.NewId() : head.Id;
            // Ready without failure has a file
            host.Post(new MediaCommand.Play(host.Port, head.MediaId, head.File!, head.Loops) { IsOverlay = isOverlay });
            if (!head.HasStarted)
            {
                head.HasStarted = true;
                head.OnStarted();
            }
            return;
        }
    }

    private void Prepare(Prompt prompt)
    {
        prompt.Stage = PromptStage.Preparing;
        prompt.Codec = host.Codec;
        prompt.Correlation = host.Prepare(prompt.Source, host.Codec);
    }

    private void Silence(Prompt prompt)
    {
        if (prompt.Stage is PromptStage.Playing) host.Post(new MediaCommand.StopPlay(host.Port, prompt.MediaId));
    }

    private void End(Prompt head, PlayStatus status, string? detail)
    {
        _queue.RemoveFirst();
        Finish(head, status, detail);
    }

    private void Finish(Prompt prompt, PlayStatus status, string? detail)
    {
        prompt.Stage = PromptStage.Ended;
        prompt.OnEnded(status, detail);
    }

    private Prompt? Find(int correlation)
    {
        foreach (var prompt in _queue)
            if (prompt.Stage is PromptStage.Preparing && prompt.Correlation == correlation) return prompt;
        return null;
    }
}
