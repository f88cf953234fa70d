using System.Text;

namespace Ringwright.Http;

/// <summary>Where a check is in the body; a pointer is written only when something is wrong.</summary>
internal sealed class Trail
{
    private (string? Name, int Index)[] _steps = new (string?, int)[8];
    private int _depth;

    /// <summary>The innermost name, with an index where it is an item's: "to", "headers[1]"; null for the body itself.</summary>
    public string? Last
    {
        get
        {
            for (int i = _depth - 1; i >= 0; i--)
                if (_steps[i].Name is { } name) return i == _depth - 1 ? name : $"{name}[{_steps[i + 1].Index}]";
            return _depth > 0 ? $"[{_steps[0].Index}]" : null;
        }
    }

    public void Push(string name) => Push((name, 0));
    public void Push(int index) => Push((null, index));
    public void Pop() => _depth--;

    /// <summary>RFC 6901.</summary>
    public string ToPointer()
    {
        var pointer = new StringBuilder();
        for (int i = 0; i < _depth; i++)
        {
            pointer.Append('/');
            if (_steps[i].Name is { } name) pointer.Append(Pointers.Escape(name));
            else pointer.Append(_steps[i].Index);
        }

        return pointer.ToString();
    }

    private void Push((string?, int) step)
    {
        if (_depth == _steps.Length) Array.Resize(ref _steps, _depth * 2);
        _steps[_depth++] = step;
    }
}
