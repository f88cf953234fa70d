namespace Ringwright.Streams;

/// <summary>
/// What waits for the socket, in order. Of audio the oldest makes room for the newest, which is told once for each loss; of all else there
/// is so much and no more. Any thread may add, one takes.
/// </summary>
internal sealed class OutFrames(int audioFrames)
{
    private readonly Lock _lock = new();
    private readonly Queue<(long Place, OutFrame Frame)> _audio = new(), _answers = new();
    private readonly Signal _ready = new(), _room = new();
    private long _places;
    private OutFrame? _unsent;
    private bool _isLosing, _isFinished, _isAway;

    /// <summary>Too much waits that must not be dropped: the far end does not read.</summary>
    public bool IsOverfull { get; private set; }

    public void AddAudio(OutFrame frame)
    {
        lock (_lock)
        {
            if (_isFinished || _isAway)
            {
                frame.Return();
                if (_isAway) Metrics.Dropped.Add(1);
                return;
            }
            if (_audio.Count == audioFrames)
            {
                _audio.Dequeue().Frame.Return();
                Metrics.Dropped.Add(1);
                TellLoss();
            }
            _audio.Enqueue((_places++, frame));
        }
        _ready.Set();
    }

    public void Add(OutFrame frame)
    {
        lock (_lock) AddAnswer(frame);
        _ready.Set();
    }

    /// <summary>Audio was lost before it came here.</summary>
    public void AddLoss()
    {
        lock (_lock)
            if (!_isAway) TellLoss();
        _ready.Set();
    }

    /// <summary>It could not be sent. Told by the next connection, where that can be: audio is too late then.</summary>
    public void PutBack(OutFrame frame)
    {
        if (frame.Kind is not (OutKind.Mark or OutKind.Digit)) return;
        lock (_lock) _unsent = frame;
    }

    /// <summary>Nobody takes anything until <see cref="Resume"/>: audio is dropped, all else waits.</summary>
    public void Suspend()
    {
        lock (_lock)
        {
            (_isAway, _isLosing) = (true, false);
            Metrics.Dropped.Add(_audio.Count);
            while (_audio.TryDequeue(out var dropped)) dropped.Frame.Return();
        }
    }

    /// <summary>Somebody takes again: these first, then what has waited.</summary>
    public void Resume(params ReadOnlySpan<OutFrame> first)
    {
        lock (_lock)
        {
            var waiting = _answers.ToArray();
            _answers.Clear();
            foreach (var frame in first) AddAnswer(frame);
            if (_unsent is { } unsent) AddAnswer(unsent);
            // The rest was for the connection that is gone.
            foreach (var (_, frame) in waiting)
                if (frame.Kind is OutKind.Mark or OutKind.Digit) AddAnswer(frame);
            (_isAway, _unsent) = (false, null);
        }
        Metrics.Lost.Add(1);
        _ready.Set();
    }

    /// <summary>No more is taken; what waits can still be had.</summary>
    /// <param name="isDropped">Nothing of it is wanted.</param>
    public void Finish(bool isDropped)
    {
        lock (_lock)
        {
            _isFinished = true;
            if (isDropped)
            {
                while (_audio.TryDequeue(out var dropped)) dropped.Frame.Return();
                _answers.Clear();
            }
        }
        _ready.End();
        _room.End();
    }

    /// <returns>False when nothing will come any more.</returns>
    public async ValueTask<bool> WaitAsync(CancellationToken stop) => await _ready.WaitAsync(stop) || HasAny();

    public bool TryTake(out OutFrame frame)
    {
        lock (_lock)
        {
            bool hasAudio = _audio.TryPeek(out var audio), hasAnswer = _answers.TryPeek(out var answer);
            frame = default;
            if (!hasAudio && !hasAnswer)
            {
                _isLosing = false;
                return false;
            }
            frame = (hasAudio && (!hasAnswer || audio.Place < answer.Place) ? _audio : _answers).Dequeue().Frame;
            if (_answers.Count == Limits.AnswersBeforeReading) _room.Set();
            return true;
        }
    }

    /// <summary>Until few enough answers wait for more to be asked for.</summary>
    public async ValueTask RoomAsync(CancellationToken stop)
    {
        while (AnswersWaiting() > Limits.AnswersBeforeReading && await _room.WaitAsync(stop)) { }
    }

    private int AnswersWaiting()
    {
        lock (_lock) return _isFinished ? 0 : _answers.Count;
    }

    private bool HasAny()
    {
        lock (_lock) return _audio.Count + _answers.Count > 0;
    }

    private void TellLoss()
    {
        if (_isLosing) return;
        _isLosing = true;
        Metrics.Lost.Add(1);
        AddAnswer(new(OutKind.Error) { Fault = StreamFault.Unknown("Audio was dropped: this connection takes it too slowly.") });
    }

    private void AddAnswer(OutFrame frame)
    {
        if (_isFinished) return;
        if (_answers.Count == Limits.Answers) IsOverfull = true;
        else _answers.Enqueue((_places++, frame));
    }
}
