namespace Ringwright.Voipbin.Activeflows;

/// <summary>
/// Where a run is: lists of actions within each other, and the place in each. Pure: what an action does is somebody else's business, which
/// says afterwards how to go on.
/// </summary>
internal sealed class FlowStack
{
    private readonly List<Frame> _frames = [];
    private Frame _current;
    private int _executed;

    public FlowStack(IReadOnlyList<FlowAction> actions) => _frames.Add(_current = new(actions));

    /// <summary>The next action that can be carried out; those that cannot are passed over. Null at the end.</summary>
    /// <exception cref="FlowFailedException">It would be one too many, it goes round and round, or it goes on at no action.</exception>
    public FlowAction? Take(Func<FlowAction, bool> canRun)
    {
        for (int hops = 0; hops <= FlowLimits.SilentHops; hops++)
        {
            if (_frames.Count == 0) return null;
            _current = _frames[^1];
            if (_current.At >= _current.Actions.Count) _frames.RemoveAt(_frames.Count - 1);
            else if (_current.Actions[_current.At] is var action && !canRun(action)) Onward();
            else if (++_executed > FlowLimits.Executed)
                throw new FlowFailedException($"a run carries out {FlowLimits.Executed} actions and no more");
            else return action;
        }
        throw new FlowFailedException($"it went on {FlowLimits.SilentHops} times without anything to do");
    }

    /// <summary>To what the action that was taken names as its next, else the one behind it.</summary>
    /// <exception cref="FlowFailedException">It names none.</exception>
    public void Onward()
    {
        var next = _current.Actions[_current.At].Next;
        if (next == Guid.Empty || next == FlowAction.Following) _current.At++;
        else JumpTo(next);
    }

    /// <summary>To the action of that id in this list, or in one that it is within.</summary>
    /// <exception cref="FlowFailedException">There is none.</exception>
    public void JumpTo(Guid target)
    {
        if (target == Guid.Empty || target == FlowAction.Following) _current.At++;
        else if (target == FlowAction.Finish) _frames.Clear();
        else if (target == FlowAction.Start) _current.At = 0;
        else if (!TryFind(target)) throw new FlowFailedException($"it has no action {target}");
    }

    /// <summary>These come first; behind them it goes on behind the action that was taken.</summary>
    /// <exception cref="FlowFailedException">There are too many within each other.</exception>
    public void Push(IReadOnlyList<FlowAction> actions)
    {
        Onward();
        if (_frames.Count >= FlowLimits.Depth)
            throw new FlowFailedException($"there are more than {FlowLimits.Depth} lists of actions within each other");
        _frames.Add(new(actions));
    }

    /// <summary>Of the lists in which it is, whether one has such an action, before or behind this place.</summary>
    public bool Has(Func<FlowAction, bool> which) => _frames.Any(frame => frame.Actions.Any(which));

    /// <summary>Takes one of the jumps that the action that was taken has left.</summary>
    /// <param name="most">So many it has at first.</param>
    public bool TryTakeLoop(int most)
    {
        int left = _current.LoopsLeft.GetValueOrDefault(_current.At, most);
        if (left <= 0) return false;
        _current.LoopsLeft[_current.At] = left - 1;
        return true;
    }

    private bool TryFind(Guid target)
    {
        for (int depth = _frames.Count - 1; depth >= 0; depth--)
        {
            var frame = _frames[depth];
            for (int at = 0; at < frame.Actions.Count; at++)
            {
                if (frame.Actions[at].Id != target) continue;
                frame.At = at;
                _frames.RemoveRange(depth + 1, _frames.Count - depth - 1);
                return true;
            }
        }
        return false;
    }

    private sealed class Frame(IReadOnlyList<FlowAction> actions)
    {
        public IReadOnlyList<FlowAction> Actions => actions;
        public int At { get; set; }
        public Dictionary<int, int> LoopsLeft { get; } = [];
    }
}

/// <summary>A run cannot go on.</summary>
/// <param name="message">Why, as part of a sentence for the customer.</param>
internal sealed class FlowFailedException(string message) : Exception(message);
